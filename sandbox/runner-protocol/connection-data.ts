import { randomUUID } from 'node:crypto';

const nobody = '00000000-0000-0000-0000-000000000000';

/** Where the Actions service has its resources (actions/runner: src/Sdk/DTGenerated, ResourceLocationIds.cs). */
const resources = [
  {
    identifier: 'a8c47e17-4d56-4a56-92bb-de7ea7dc65be',
    displayName: 'pools',
    relativePath: '/_apis/{area}/{resource}/{poolId}',
  },
  {
    identifier: 'e298ef32-5878-4cab-993c-043836571f42',
    displayName: 'agents',
    relativePath: '/_apis/{area}/pools/{poolId}/{resource}/{agentId}',
  },
];

/** What the clients of the older flow read before their first request: the identity of the service, and its resources. */
export const connectionData = {
  instanceId: randomUUID(),
  deploymentId: randomUUID(),
  deploymentType: 'hosted',
  authenticatedUser: { id: randomUUID() },
  authorizedUser: { id: randomUUID() },
  locationServiceData: {
    serviceOwner: 'a85b8835-c1a1-4aac-ae97-1c3d0ba72dbd',
    defaultAccessMappingMoniker: 'PublicAccessMapping',
    lastChangeId: 1,
    lastChangeId64: 1,
    clientCacheFresh: false,
    clientCacheTimeToLive: 3600,
    accessMappings: [],
    serviceDefinitions: resources.map((resource) => ({
      ...resource,
      serviceType: 'distributedtask',
      relativeToSetting: 'context',
      description: '',
      toolId: 'Framework',
      status: 'active',
      resourceVersion: 1,
      minVersion: '1.0',
      maxVersion: '6.0',
      releasedVersion: '0.0',
      serviceOwner: nobody,
      parentServiceType: null,
      parentIdentifier: nobody,
      locationMappings: [],
      properties: {},
    })),
  },
};
