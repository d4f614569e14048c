/**
 * The HTTP API of the sample, in snake_case JSON. Start at {@link io.daybook.sample.order.http.OrderApi}, which lists the
 * routes; {@link io.daybook.sample.order.http.HttpServer} runs them.
 */
@NullMarked
package io.daybook.sample.order.http;

import org.jspecify.annotations.NullMarked;
