package io.daybook.sample.order.http;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.regex.Pattern;

/** Serves the web page, the description of the API, and their files. They load nothing from other servers. */
final class Pages {

    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static final Pattern ASSET = Pattern.compile("[a-z]+\\.(js|css)");

    private Pages() {}

    static void openApi(Context ctx) {
        yaml(ctx, "openapi.yaml");
    }

    static void adminApi(Context ctx) {
        yaml(ctx, "admin.yaml");
    }

    /** A browser would download a file of the type application/yaml. */
    private static void yaml(Context ctx, String name) {
        ctx.contentType("text/plain; charset=utf-8").result(resource(name));
    }

    static void orders(Context ctx) {
        page(ctx, "index.html");
    }

    static void docs(Context ctx) {
        page(ctx, "docs.html");
    }

    static void asset(Context ctx) {
        String name = ctx.pathParam("name");
        if (!ASSET.matcher(name).matches() || Pages.class.getResource("web/" + name) == null) {
            throw Problem.notFound("There is nothing at this path, see /docs");
        }
        String type = name.endsWith(".css") ? "text/css" : "text/javascript";
        ctx.contentType(type + "; charset=utf-8").result(resource("web/" + name));
    }

    private static void page(Context ctx, String name) {
        ctx.header("Content-Security-Policy", POLICY);
        ctx.header("Referrer-Policy", "no-referrer");
        ctx.contentType("text/html; charset=utf-8").result(resource("web/" + name));
    }

    private static byte[] resource(String name) {
        try (InputStream found = Pages.class.getResourceAsStream(name)) {
            if (found == null) {
                throw new IllegalStateException("the resource " + name + " is missing from the jar");
            }
            return found.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
