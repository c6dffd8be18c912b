// Generated from the contract by `npm run generate`; do not edit.
export interface paths {
    "/v1/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List devices with their latest values
         * @description All devices that are registered or have sent readings, in order of their id.
         */
        get: operations["listDevices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices/{deviceId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The device's name. */
                deviceId: components["parameters"]["DeviceId"];
            };
            cookie?: never;
        };
        /** Get a device's registry entry */
        get: operations["getDevice"];
        /**
         * Register a device or change its entry
         * @description Replaces the registry entry. Site, model and labels hold at once. Conversions and ranges hold for readings measured at or after `effectiveFrom`, never for earlier ones, so that a replay of old data converts alike.
         */
        put: operations["putDevice"];
        post?: never;
        /**
         * Remove a device from the registry
         * @description Its readings and aggregates stay; readings measured from now on are no longer converted or checked.
         */
        delete: operations["deleteDevice"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices/{deviceId}/readings": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The device's name. */
                deviceId: components["parameters"]["DeviceId"];
            };
            cookie?: never;
        };
        /**
         * List a device's readings
         * @description Readings as stored (converted, without duplicates), as long as blocks are kept (30 days after their last write by default).
         */
        get: operations["listReadings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices/{deviceId}/aggregates": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The device's name. */
                deviceId: components["parameters"]["DeviceId"];
            };
            cookie?: never;
        };
        /**
         * List a device's aggregates
         * @description One entry a window that holds data, in time order.
         */
        get: operations["listDeviceAggregates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sites/{siteId}/aggregates": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's name, as given in the registry. */
                siteId: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        /**
         * List a site's aggregates
         * @description The same statistics over all devices that belong to the site now. A token bound to devices sees the aggregate of those of them that it may read; `devices` says how many.
         */
        get: operations["listSiteAggregates"];
        put?: never;
        post?: never;
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
        /** @example boiler-1 */
        Id: string;
        /** @example temperature */
        MetricName: string;
        /** @enum {string} */
        Resolution: "1m" | "10m" | "1h" | "1d";
        /**
         * @description RFC 3339 with zone, or epoch milliseconds.
         * @example 2026-11-01T00:00:00Z
         */
        QueryTime: string;
        /**
         * Format: date-time
         * @description RFC 3339 in UTC with milliseconds.
         * @example 2026-11-01T12:00:00.000Z
         */
        Timestamp: string;
        /** @description Free labels. */
        Labels: {
            [key: string]: string;
        };
        /** @description How a metric is converted and checked: stored = sent · scale + offset, and must lie in [min, max], or it is quarantined. */
        MetricDefinition: {
            /** @description UCUM code of the stored value. */
            unit?: string;
            /**
             * Format: double
             * @default 1
             */
            scale?: number;
            /**
             * Format: double
             * @default 0
             */
            offset?: number;
            /** Format: double */
            min?: number;
            /** Format: double */
            max?: number;
        };
        /** @description A registry entry as sent. */
        DeviceUpdate: {
            siteId?: components["schemas"]["Id"];
            model?: string;
            labels?: components["schemas"]["Labels"];
            /** @description Definitions by metric name. */
            metrics?: {
                [key: string]: components["schemas"]["MetricDefinition"];
            };
            /**
             * Format: date-time
             * @description From which measuring time on the metric definitions hold. Not earlier than the registry's cache age (one minute by default) and the five minutes by which a reading may lie ahead, from now; that is also the default.
             */
            effectiveFrom?: string;
        };
        /** @description A registry entry as stored. */
        Device: {
            deviceId: components["schemas"]["Id"];
            siteId?: components["schemas"]["Id"];
            model?: string;
            labels?: components["schemas"]["Labels"];
            metrics?: {
                [key: string]: components["schemas"]["MetricDefinition"];
            };
            effectiveFrom: components["schemas"]["Timestamp"];
        };
        /** @description The newest value of a metric. */
        LatestValue: {
            /** Format: double */
            value: number;
            timestamp: components["schemas"]["Timestamp"];
            /** @description UCUM code, as last registered. */
            unit?: string;
        };
        /** @description A device in the list. */
        DeviceSummary: {
            deviceId: components["schemas"]["Id"];
            /** @description False for a device that only sent readings. */
            registered: boolean;
            siteId?: components["schemas"]["Id"];
            model?: string;
            labels?: components["schemas"]["Labels"];
            lastSeen?: components["schemas"]["Timestamp"];
            /** @description The newest value of each metric of the device's newest block of readings. */
            latest: {
                [key: string]: components["schemas"]["LatestValue"];
            };
        };
        DevicePage: {
            items: components["schemas"]["DeviceSummary"][];
            nextCursor?: components["schemas"]["Cursor"];
        };
        /** @description Opaque. Absent on the last page. */
        Cursor: string;
        StoredReading: {
            timestamp: components["schemas"]["Timestamp"];
            metrics: {
                [key: string]: number;
            };
        };
        ReadingPage: {
            deviceId: components["schemas"]["Id"];
            items: components["schemas"]["StoredReading"][];
            nextCursor?: components["schemas"]["Cursor"];
        };
        /** @description Statistics of one metric over the half-open window [start, end). */
        AggregateWindow: {
            start: components["schemas"]["Timestamp"];
            end: components["schemas"]["Timestamp"];
            count: number;
            /**
             * Format: double
             * @description Saturates at the largest double.
             */
            sum: number;
            /** Format: double */
            min: number;
            /** Format: double */
            max: number;
            /** Format: double */
            avg: number;
            /**
             * Format: double
             * @description Sample standard deviation; 0 for one value.
             */
            stddev: number;
            /**
             * Format: double
             * @description The value with the earliest timestamp.
             */
            first: number;
            /**
             * Format: double
             * @description The value with the latest timestamp.
             */
            last: number;
            /**
             * Format: double
             * @description Median, within 2 % relative error, as all quantiles.
             */
            p50: number;
            /** Format: double */
            p95: number;
            /** Format: double */
            p99: number;
            /** @description True once a later window has begun and everything of this one is sealed. Late data may still change it; `version` then grows. */
            final: boolean;
            /** @description Grows with every change of the window. */
            version: number;
        };
        DeviceAggregatePage: {
            deviceId: components["schemas"]["Id"];
            metric: components["schemas"]["MetricName"];
            /** @description UCUM code, when registered. */
            unit?: string;
            resolution: components["schemas"]["Resolution"];
            windows: components["schemas"]["AggregateWindow"][];
            nextCursor?: components["schemas"]["Cursor"];
        };
        SiteAggregatePage: {
            siteId: components["schemas"]["Id"];
            /** @description How many devices the answer covers. */
            devices: number;
            metric: components["schemas"]["MetricName"];
            /** @description UCUM code, when all devices that register one agree. */
            unit?: string;
            resolution: components["schemas"]["Resolution"];
            windows: components["schemas"]["AggregateWindow"][];
            nextCursor?: components["schemas"]["Cursor"];
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
    };
    responses: {
        /** @description Nothing changed since the given ETag. */
        NotModified: {
            headers: {
                ETag: components["headers"]["ETag"];
                "Cache-Control": components["headers"]["CacheControl"];
                Vary: components["headers"]["Vary"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description A parameter or the body is not what the contract asks for. */
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
        /** @description The token lacks the operation's scope, or is not bound to this device. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There is no such device or site. */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The `Accept` header allows neither JSON nor CSV. */
        NotAcceptable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is over 256 KiB. */
        PayloadTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is not `application/json`. */
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
        /** @description Something failed that the request did not cause. */
        InternalError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The store does not answer in time. Ask again. */
        Unavailable: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description No answer came in time. Ask again, perhaps for less. */
        GatewayTimeout: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description The device's name. */
        DeviceId: components["schemas"]["Id"];
        /** @description The metric to aggregate. */
        Metric: components["schemas"]["MetricName"];
        /** @description Length of the windows. Windows of 1m come from the readings themselves and reach as far back as these are kept. */
        Resolution: components["schemas"]["Resolution"];
        /** @description Start of the range, included. For aggregates, rounded down to a window's start. */
        From: components["schemas"]["QueryTime"];
        /**
         * @description End of the range, not included. For aggregates, rounded up to a window's end.
         * @example 2026-11-02T00:00:00Z
         */
        To: components["schemas"]["QueryTime"];
        /** @description Windows a page at most. */
        WindowLimit: number;
        /** @description The `nextCursor` of the page before; valid only with the same query, and a token that may read the same devices. */
        Cursor: string;
        /** @description An `ETag` received before; answers 304 when nothing changed since. */
        IfNoneMatch: string;
    };
    requestBodies: never;
    headers: {
        /**
         * @description Changes whenever the answer does.
         * @example "2YbIYKJcqGMgUGnVJvvR0Q"
         */
        ETag: string;
        /**
         * @description Always `private, no-cache`: keep it, and ask with `If-None-Match` before using it again. Even a final window may still be changed by late data.
         * @example private, no-cache
         */
        CacheControl: string;
        /**
         * @description The request headers on which the answer depends.
         * @example Accept
         */
        Vary: string;
        /**
         * @description Seconds to wait before asking again.
         * @example 1
         */
        RetryAfter: number;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listDevices: {
        parameters: {
            query?: {
                /** @description Only devices of this site. */
                siteId?: components["schemas"]["Id"];
                /**
                 * @description Only devices whose id begins with this, in the same upper and lower case. May stand beside `siteId`.
                 * @example boiler-
                 */
                prefix?: components["schemas"]["Id"];
                /** @description Devices a page at most. */
                limit?: number;
                /** @description The `nextCursor` of the page before; valid only with the same query, and a token that may read the same devices. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of devices. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DevicePage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    getDevice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The device's name. */
                deviceId: components["parameters"]["DeviceId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The newest registry entry. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Device"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    putDevice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The device's name. */
                deviceId: components["parameters"]["DeviceId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeviceUpdate"];
            };
        };
        responses: {
            /** @description The entry as stored. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Device"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    deleteDevice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The device's name. */
                deviceId: components["parameters"]["DeviceId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The device is no longer registered. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    listReadings: {
        parameters: {
            query: {
                /** @description Start of the range, included. For aggregates, rounded down to a window's start. */
                from: components["parameters"]["From"];
                /**
                 * @description End of the range, not included. For aggregates, rounded up to a window's end.
                 * @example 2026-11-02T00:00:00Z
                 */
                to: components["parameters"]["To"];
                /** @description Only this metric; readings without it are left out. */
                metric?: components["schemas"]["MetricName"];
                /** @description By timestamp. */
                order?: "asc" | "desc";
                /** @description Readings a page at most. */
                limit?: number;
                /** @description The `nextCursor` of the page before; valid only with the same query, and a token that may read the same devices. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: {
                /** @description An `ETag` received before; answers 304 when nothing changed since. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The device's name. */
                deviceId: components["parameters"]["DeviceId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of readings. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    /**
                     * @description With CSV, the next page, relative to this one (RFC 8288). Absent on the last page.
                     * @example <?metric=temperature&cursor=eyJ2IjoxfQ>; rel="next"
                     */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadingPage"];
                    "text/csv": string;
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    listDeviceAggregates: {
        parameters: {
            query: {
                /** @description The metric to aggregate. */
                metric: components["parameters"]["Metric"];
                /** @description Length of the windows. Windows of 1m come from the readings themselves and reach as far back as these are kept. */
                resolution: components["parameters"]["Resolution"];
                /** @description Start of the range, included. For aggregates, rounded down to a window's start. */
                from: components["parameters"]["From"];
                /**
                 * @description End of the range, not included. For aggregates, rounded up to a window's end.
                 * @example 2026-11-02T00:00:00Z
                 */
                to: components["parameters"]["To"];
                /** @description Windows a page at most. */
                limit?: components["parameters"]["WindowLimit"];
                /** @description The `nextCursor` of the page before; valid only with the same query, and a token that may read the same devices. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: {
                /** @description An `ETag` received before; answers 304 when nothing changed since. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The device's name. */
                deviceId: components["parameters"]["DeviceId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of windows. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    /**
                     * @description With CSV, the next page, relative to this one (RFC 8288). Absent on the last page.
                     * @example <?metric=temperature&cursor=eyJ2IjoxfQ>; rel="next"
                     */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceAggregatePage"];
                    "text/csv": string;
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    listSiteAggregates: {
        parameters: {
            query: {
                /** @description The metric to aggregate. */
                metric: components["parameters"]["Metric"];
                /** @description Length of the windows. Windows of 1m come from the readings themselves and reach as far back as these are kept. */
                resolution: components["parameters"]["Resolution"];
                /** @description Start of the range, included. For aggregates, rounded down to a window's start. */
                from: components["parameters"]["From"];
                /**
                 * @description End of the range, not included. For aggregates, rounded up to a window's end.
                 * @example 2026-11-02T00:00:00Z
                 */
                to: components["parameters"]["To"];
                /** @description Windows a page at most. */
                limit?: components["parameters"]["WindowLimit"];
                /** @description The `nextCursor` of the page before; valid only with the same query, and a token that may read the same devices. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: {
                /** @description An `ETag` received before; answers 304 when nothing changed since. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The site's name, as given in the registry. */
                siteId: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of windows. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    /**
                     * @description With CSV, the next page, relative to this one (RFC 8288). Absent on the last page.
                     * @example <?metric=temperature&cursor=eyJ2IjoxfQ>; rel="next"
                     */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteAggregatePage"];
                    "text/csv": string;
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
}
