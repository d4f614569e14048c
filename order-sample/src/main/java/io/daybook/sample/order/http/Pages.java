package io.daybook.sample.order.http;

import io.daybook.sample.order.http.Problem.Kind;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.io.InputStream;
import java.util.Map;

/** Serves the web page, the descriptions of the API, and their files. They load nothing from other servers. */
final class Pages {

    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /** The media types. A browser would download a file of the type application/yaml. */
    private static final Map<String, String> TYPES =
            Map.of("css", "text/css", "html", "text/html", "js", "text/javascript", "yaml", "text/plain");

    private Pages() {}

    static Handler of(String name) {
        return ctx -> answer(ctx, name);
    }

    static void asset(Context ctx) {
        String name = ctx.pathParam("name");
        answer(ctx, name.matches("[a-z]+\\.(js|css)") ? "web/" + name : "none");
    }

    private static void answer(Context ctx, String name) {
        InputStream found = Pages.class.getResourceAsStream(name);
        if (found == null) {
            throw new Problem(Kind.NOT_FOUND, "There is nothing at this path: see /docs");
        }
        ctx.header("Content-Security-Policy", POLICY);
        ctx.header("Referrer-Policy", "no-referrer");
        String type = TYPES.get(name.substring(name.indexOf('.') + 1));
        ctx.contentType(type + "; charset=utf-8").result(found);
    }
}
