package io.daybook.sample.order.http;

import io.daybook.readmodel.ConsistencyToken;
import io.javalin.http.Context;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes responses and their headers. */
final class Answers {

    private Answers() {}

    /** Answers 200, or 304 if the client has this version. */
    static void versioned(Context ctx, long version, Object answer) {
        tagged(ctx, "\"" + version + "\"", SnakeJson.write(answer));
    }

    /** Answers 200, or 304 if the client has the same content. */
    static void hashed(Context ctx, Object answer) {
        byte[] body = SnakeJson.write(answer);
        tagged(ctx, "\"" + UUID.nameUUIDFromBytes(body) + "\"", body);
    }

    private static void tagged(Context ctx, String etag, byte[] body) {
        ctx.header("ETag", etag);
        boolean known = Collections.list(ctx.req().getHeaders("If-None-Match")).stream()
                .flatMap(value -> Stream.of(value.split(",")))
                .map(value -> value.strip().replaceFirst("^W/", ""))
                .anyMatch(value -> value.equals("*") || value.equals(etag));
        if (known) {
            ctx.status(304);
        } else {
            ctx.contentType("application/json").result(body);
        }
    }

    static void token(Context ctx, ConsistencyToken token) {
        if (!token.streams().isEmpty()) {
            ctx.header(RequestHeaders.CONSISTENCY_TOKEN, token.toString());
        }
    }

    /** Links the next page of a list: the same request with another {@code after}. */
    static void next(Context ctx, String after) {
        String others = ctx.queryParamMap().entrySet().stream()
                .filter(each -> !each.getKey().equals("after"))
                .map(each ->
                        each.getKey() + "=" + URLEncoder.encode(each.getValue().get(0), StandardCharsets.UTF_8) + "&")
                .collect(Collectors.joining());
        ctx.header("Link", "<" + ctx.path() + "?" + others + "after=" + after + ">; rel=\"next\"");
    }
}
