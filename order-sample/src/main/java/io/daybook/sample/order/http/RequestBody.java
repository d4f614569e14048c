package io.daybook.sample.order.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.command.Command;
import io.daybook.command.Violation;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads bodies, which must be JSON and not too large, regardless of the length that the sender specifies. */
final class RequestBody {

    private static final int MAX_BYTES = 64 * 1024;

    /** The number of further bytes that are read and discarded, so that the sender gets to read the answer. */
    private static final int MAX_DRAINED = 1024 * 1024;

    private static final Pattern JSON =
            Pattern.compile("application/json\\s*(;\\s*charset\\s*=\\s*\"?utf-8\"?\\s*)?(;\\s*)?");

    private RequestBody() {}

    static ObjectNode read(Context ctx) {
        requireJson(ctx.req().getContentType(), ctx.header("Content-Encoding"));
        try (InputStream input = ctx.req().getInputStream()) {
            byte[] body = input.readNBytes(MAX_BYTES + 1);
            if (body.length > MAX_BYTES) {
                input.readNBytes(MAX_DRAINED);
                throw Problem.of(
                                413,
                                "body-too-large",
                                "Body too large",
                                "The body may have at most " + MAX_BYTES + " bytes")
                        .header("Connection", "close");
            }
            return SnakeJson.read(body);
        } catch (IOException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw Problem.ofStatus(408, "Request Timeout", "The body did not arrive in time");
            }
            throw Problem.malformed("The body could not be read");
        }
    }

    /** Creates a command from a body. Its members are those of the command, except the id of the order. */
    static <C extends Command> C command(ObjectNode body, String orderId, Class<C> type) {
        List<Violation> found = body.has("order_id")
                ? List.of(new Violation("order_id", "is not known here: the path names the order"))
                : List.of();
        body.put("order_id", orderId);
        return Binding.bind(body, type, Command::validate, found);
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
        return Problem.of(415, "media-type", "Unsupported media type", detail).header("Accept", "application/json");
    }
}
