package io.daybook.sample.order.http;

import io.javalin.http.Handler;
import io.javalin.http.HandlerType;

/**
 * A path with a method.
 *
 * @param method the method
 * @param path the path, with parameters in braces
 * @param handler answers it
 */
public record Route(HandlerType method, String path, Handler handler) {

    static Route get(String path, Handler handler) {
        return new Route(HandlerType.GET, path, handler);
    }

    static Route post(String path, Handler handler) {
        return new Route(HandlerType.POST, path, handler);
    }
}
