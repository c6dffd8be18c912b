// Generated from the contract by `npm run generate`; do not edit.
export const OPERATIONS = [
  {
    "operationId": "listDevices",
    "method": "GET",
    "path": "/v1/devices",
    "scopes": [
      "telemetry:read"
    ]
  },
  {
    "operationId": "getDevice",
    "method": "GET",
    "path": "/v1/devices/{deviceId}",
    "scopes": [
      "telemetry:read"
    ]
  },
  {
    "operationId": "putDevice",
    "method": "PUT",
    "path": "/v1/devices/{deviceId}",
    "scopes": [
      "devices:write"
    ]
  },
  {
    "operationId": "deleteDevice",
    "method": "DELETE",
    "path": "/v1/devices/{deviceId}",
    "scopes": [
      "devices:write"
    ]
  },
  {
    "operationId": "listReadings",
    "method": "GET",
    "path": "/v1/devices/{deviceId}/readings",
    "scopes": [
      "telemetry:read"
    ]
  },
  {
    "operationId": "listDeviceAggregates",
    "method": "GET",
    "path": "/v1/devices/{deviceId}/aggregates",
    "scopes": [
      "telemetry:read"
    ]
  },
  {
    "operationId": "listSiteAggregates",
    "method": "GET",
    "path": "/v1/sites/{siteId}/aggregates",
    "scopes": [
      "telemetry:read"
    ]
  }
] as const;
