package io.daybook.sample.order.http;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Serves the description of the API, and a page to try it that loads nothing from elsewhere. */
final class Documentation {

    private static final String POLICY = "default-src 'none'; connect-src 'self'; img-src data:;"
            + " style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

    private Documentation() {}

    static void openApi(Context ctx) {
        // A browser would download application/yaml.
        ctx.contentType("text/plain; charset=utf-8").result(resource("openapi.yaml"));
    }

    static void page(Context ctx) {
        ctx.header("Content-Security-Policy", POLICY);
        ctx.contentType("text/html; charset=utf-8").result(resource("docs.html"));
    }

    private static byte[] resource(String name) {
        try (InputStream found = Documentation.class.getResourceAsStream(name)) {
            if (found == null) {
                throw new IllegalStateException("the resource " + name + " is missing from the jar");
            }
            return found.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
