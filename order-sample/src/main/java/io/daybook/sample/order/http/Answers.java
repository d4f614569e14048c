package io.daybook.sample.order.http;

import io.daybook.readmodel.ConsistencyToken;
import io.javalin.http.Context;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes answers and their headers. */
final class Answers {

    private static final int ETAG_BYTES = 12;

    private Answers() {}

    static void json(Context ctx, int status, Object answer) {
        ctx.status(status).contentType("application/json").result(SnakeJson.write(answer));
    }

    /** Answers 200, or 304 if the client has this version. */
    static void versioned(Context ctx, long version, Object answer) {
        etagged(ctx, "\"" + version + "\"", SnakeJson.write(answer));
    }

    /** Answers 200, or 304 if the client has the same content. */
    static void hashed(Context ctx, Object answer) {
        byte[] body = SnakeJson.write(answer);
        etagged(ctx, "\"" + hash(body) + "\"", body);
    }

    private static void etagged(Context ctx, String etag, byte[] body) {
        ctx.header("ETag", etag);
        if (RequestHeaders.ifNoneMatch(ctx, etag)) {
            ctx.status(304);
        } else {
            ctx.status(200).contentType("application/json").result(body);
        }
    }

    private static String hash(byte[] body) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
            return HexFormat.of().formatHex(digest, 0, ETAG_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static void token(Context ctx, ConsistencyToken token) {
        if (!token.streams().isEmpty()) {
            ctx.header(RequestHeaders.CONSISTENCY_TOKEN, token.toString());
        }
    }

    /** Links the next page of a list: the same request with another {@code after}. */
    static void next(Context ctx, String after) {
        Map<String, String> parameters = new TreeMap<>();
        ctx.queryParamMap().forEach((name, values) -> parameters.put(name, values.get(0)));
        parameters.put("after", after);
        String query = parameters.entrySet().stream()
                .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        ctx.header("Link", "<" + ctx.path() + "?" + query + ">; rel=\"next\"");
    }
}
