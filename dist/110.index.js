export const id = 110;
export const ids = [110];
export const modules = {

/***/ 9110:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   getOctokit: () => (/* reexport safe */ _actions_github__WEBPACK_IMPORTED_MODULE_2__.Q),
/* harmony export */   sendThrough: () => (/* binding */ sendThrough)
/* harmony export */ });
/* harmony import */ var undici__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(6752);
/* harmony import */ var _proxy_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8231);
/* harmony import */ var _actions_github__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(6420);



/** Sends requests through a proxy. */
function sendThrough(proxy) {
    const dispatcher = new undici__WEBPACK_IMPORTED_MODULE_0__.ProxyAgent({
        ...proxy,
        clientFactory: (origin, options) => new ProxyPool(origin, options),
    });
    return async (url, options) => {
        const { statusCode, headers, body } = await (0,undici__WEBPACK_IMPORTED_MODULE_0__.request)(url, { ...options, dispatcher });
        return { status: statusCode, headers, body };
    };
}
/**
 * Connections to a proxy. Its failures get a class of their own: they are told from the server's, and undici (6.29)
 * connects again, without end or pause, to a proxy that closes connections, unless the error is none of its own.
 */
class ProxyPool extends undici__WEBPACK_IMPORTED_MODULE_0__.Pool {
    #host;
    constructor(origin, options) {
        super(origin, options);
        this.#host = origin.host;
    }
    // undici's agent uses the form that returns a promise.
    async connect(options) {
        const data = await super.connect(options).catch((cause) => {
            throw new _proxy_js__WEBPACK_IMPORTED_MODULE_1__/* .ProxyError */ .T(this.#host, undefined, { cause });
        });
        if (data.statusCode !== 200) {
            data.socket.destroy();
            throw new _proxy_js__WEBPACK_IMPORTED_MODULE_1__/* .ProxyError */ .T(this.#host, data.statusCode);
        }
        return data;
    }
}


/***/ })

};
