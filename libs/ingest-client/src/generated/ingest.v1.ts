// Generated from the contract by `npm run generate`; do not edit.
export interface paths {
    "/v1/telemetry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send readings
         * @description Takes up to 5,000 readings of any number of devices, plain or gzip-compressed, up to 5 MiB inflated (an uncompressed body over about 4.5 MiB must be sent as gzip). Each reading is judged by itself: those that can never be accepted are named in `rejected` with their index, and sending them again is pointless. Any other failure is a non-2xx status, and then the whole request is to be sent again.
         */
        post: operations["postTelemetry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A batch of readings. */
        TelemetryRequest: {
            /** @description The readings, in any order. Of equal identities within one request the first counts as the earlier. */
            readings: components["schemas"]["Reading"][];
        };
        /** @description What one device measured at one instant. */
        Reading: {
            deviceId: components["schemas"]["DeviceId"];
            timestamp: components["schemas"]["ReadingTimestamp"];
            metrics: components["schemas"]["Metrics"];
            revision?: components["schemas"]["Revision"];
        };
        /**
         * @description The device's name, unique in the deployment.
         * @example boiler-1
         */
        DeviceId: string;
        /**
         * @description When it was measured: epoch milliseconds or RFC 3339, from 2000-01-01T00:00:00Z to five minutes from now. Finer fractions than a millisecond are cut off.
         * @example 2026-11-01T12:00:00Z
         */
        ReadingTimestamp: number | string;
        /**
         * @description The measured values by metric name (`[A-Za-z0-9._:-]{1,128}`), each a finite double.
         * @example {
         *       "temperature": 21.5,
         *       "pressure": 1.013
         *     }
         */
        Metrics: {
            [key: string]: number;
        };
        /**
         * Format: int64
         * @description Says explicitly that this reading corrects an earlier one of the same device and timestamp: the higher revision wins. Without it, the value that arrived first stays.
         * @default 0
         */
        Revision: number;
        /** @description Why one reading can never be accepted. */
        Rejection: {
            /** @description The reading's place in the request, from 0. */
            index: number;
            /**
             * @description Stable, for programs.
             * @enum {string}
             */
            code: "invalid_reading" | "invalid_device_id" | "invalid_timestamp" | "timestamp_too_old" | "timestamp_in_future" | "invalid_metrics" | "too_many_metrics" | "invalid_metric_name" | "invalid_metric_value" | "invalid_revision" | "unknown_field" | "device_not_allowed";
            /** @description For people; names the field and the reason. */
            detail: string;
        };
        /** @description What became of the request's readings. */
        TelemetryReceipt: {
            /** @description Readings that are now durable. */
            accepted: number;
            /** @description Readings that can never be accepted. */
            rejected: components["schemas"]["Rejection"][];
            /** @description Quote it when asking about this request. */
            requestId: string;
        };
        /** @description One field of the request and what is wrong with it. */
        FieldError: {
            /** @description JSON pointer into the body, or the name of a parameter or header. */
            field: string;
            reason: string;
        };
        /** @description A problem as in RFC 9457. */
        Problem: {
            /** @description A URI reference that identifies the kind of problem. */
            type: string;
            title: string;
            status: number;
            /** @description Stable, for programs. */
            code: string;
            detail?: string;
            requestId?: string;
            errors?: components["schemas"]["FieldError"][];
        };
        /** @description A problem that lists the rejected readings. */
        RejectionProblem: {
            type: string;
            title: string;
            /** @enum {integer} */
            status: 403 | 422;
            code: string;
            detail?: string;
            requestId: string;
            rejected: components["schemas"]["Rejection"][];
        };
    };
    responses: {
        /** @description The request is not what the contract asks for. */
        BadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The bearer token is missing, expired or not of this deployment. */
        Unauthorized: {
            headers: {
                /**
                 * @description Always `Bearer`.
                 * @example Bearer
                 */
                "WWW-Authenticate"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The token lacks the scope `telemetry:write`, or none of the readings is of a device it is bound to. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] | components["schemas"]["RejectionProblem"];
            };
        };
        /** @description The body is over 5 MiB inflated, or over what the gateway passes on. */
        PayloadTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is not `application/json`, or is compressed with something other than gzip. */
        UnsupportedMediaType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The stage's rate limit is reached. */
        TooManyRequests: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Something failed that the request did not cause. Sending it again is safe. */
        InternalError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: {
        /**
         * @description Seconds to wait before sending again.
         * @example 1
         */
        RetryAfter: number;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    postTelemetry: {
        parameters: {
            query?: never;
            header?: {
                /** @description How the body is compressed. */
                "Content-Encoding"?: "gzip" | "identity";
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TelemetryRequest"];
            };
        };
        responses: {
            /** @description Every accepted reading is durable; no rejected one can ever succeed. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TelemetryReceipt"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /** @description No reading of the request was acceptable. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["RejectionProblem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            /** @description At least one reading could not be made durable. Send the whole request again; that is safe. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No answer came in time; what became of the readings is not known. Send the whole request again; that is safe. */
            504: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
