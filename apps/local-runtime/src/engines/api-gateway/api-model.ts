import type { JsonObject } from './json-value.js';

/** What an OpenAPI body says, in the gateway's own terms. */
export interface ApiModel {
  readonly routes: readonly Route[];
  readonly gatewayResponses: ReadonlyMap<string, GatewayResponseDefinition>;
  readonly binaryMediaTypes: readonly string[];
  /** Undefined: compression is off, and compressed requests are passed on as they are. */
  readonly minimumCompressionSizeBytes: number | undefined;
}

/** One method of one resource. */
export interface Route {
  /** Upper case, or `ANY`. */
  readonly method: string;
  /** As in the body, such as `/devices/{deviceId}`. */
  readonly resourcePath: string;
  readonly resourceId: string;
  readonly integration: LambdaIntegration | MockIntegration;
  readonly authorizer: AuthorizerDefinition | undefined;
  /** Checked only where the route's request validator says so. */
  readonly requiredParameters: readonly RequiredParameter[];
  /** Schemas by media type; empty where bodies are not validated. */
  readonly bodySchemas: ReadonlyMap<string, JsonObject>;
}

export interface RequiredParameter {
  readonly location: 'path' | 'querystring' | 'header';
  readonly name: string;
}

export interface LambdaIntegration {
  readonly kind: 'lambda';
  readonly functionArn: string;
  readonly timeoutMs: number;
}

/** An answer that the gateway gives by itself, for example to CORS preflight requests. */
export interface MockIntegration {
  readonly kind: 'mock';
  readonly statusCode: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly template: { readonly contentType: string; readonly text: string } | undefined;
}

export interface AuthorizerDefinition {
  readonly name: string;
  readonly kind: 'token' | 'request';
  readonly functionArn: string;
  readonly identitySources: readonly IdentitySource[];
  /** Token authorizers only: what the token must match before the function is asked. */
  readonly identityValidation: RegExp | undefined;
  /** 0: results are not kept. */
  readonly resultTtlSeconds: number;
}

export interface IdentitySource {
  readonly location: 'header' | 'querystring' | 'context' | 'stageVariables';
  readonly name: string;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-gateway-responses.gatewayResponse.html */
export interface GatewayResponseDefinition {
  readonly statusCode: number | undefined;
  /** Header name to expression. */
  readonly headers: ReadonlyMap<string, string>;
  /** Content type to template. */
  readonly templates: ReadonlyMap<string, string>;
}
