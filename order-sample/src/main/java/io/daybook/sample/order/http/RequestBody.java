package io.daybook.sample.order.http;

import io.javalin.http.Context;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the bytes of a body, which must be JSON and not too large, whatever its sender says about its length. */
final class RequestBody {

    static final int MAX_BYTES = 64 * 1024;

    /** So much more is read and thrown away, so that the sender comes to read the answer. */
    private static final int MAX_DRAINED = 1024 * 1024;

    private static final Pattern JSON =
            Pattern.compile("application/json\\s*(;\\s*charset\\s*=\\s*\"?utf-8\"?\\s*)?(;\\s*)?");

    private RequestBody() {}

    static byte[] read(Context ctx) {
        requireJson(ctx.req().getContentType(), ctx.header("Content-Encoding"));
        try {
            ServletInputStream input = ctx.req().getInputStream();
            boolean announced = ctx.req().getContentLengthLong() > MAX_BYTES;
            byte[] body = announced ? new byte[0] : input.readNBytes(MAX_BYTES + 1);
            if (announced || body.length > MAX_BYTES) {
                drain(input);
                throw tooLarge();
            }
            return body;
        } catch (IOException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw Problem.ofStatus(408, "Request Timeout", "The body did not arrive in time")
                        .asException();
            }
            throw Problem.malformed("The body could not be read").asException();
        }
    }

    private static void requireJson(@Nullable String contentType, @Nullable String encoding) {
        if (contentType == null
                || !JSON.matcher(contentType.strip().toLowerCase(Locale.ROOT)).matches()) {
            throw unsupported("The body must be sent as Content-Type: application/json, in UTF-8");
        }
        if (encoding != null && !encoding.strip().equalsIgnoreCase("identity")) {
            throw unsupported("The body must not be compressed");
        }
    }

    private static ProblemException unsupported(String detail) {
        return Problem.of(415, "media-type", "Unsupported media type", detail)
                .asException()
                .header("Accept", "application/json");
    }

    private static ProblemException tooLarge() {
        return Problem.of(413, "body-too-large", "Body too large", "The body may have at most " + MAX_BYTES + " bytes")
                .asException()
                .header("Connection", "close");
    }

    private static void drain(ServletInputStream input) throws IOException {
        byte[] buffer = new byte[8 * 1024];
        int drained = 0;
        int read = input.read(buffer);
        while (read >= 0 && drained < MAX_DRAINED) {
            drained += read;
            read = input.read(buffer);
        }
    }
}
