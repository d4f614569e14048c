package io.daybook.sample.order.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.daybook.command.Violation;
import io.javalin.http.Context;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Ends a request with a problem document as defined by RFC 9457. */
final class Problem extends RuntimeException {

    /** The stable types of problems, each with its status and title. */
    enum Kind {
        INVALID(400, "Invalid request"),
        MALFORMED(400, "Malformed request"),
        FORBIDDEN(403, "Forbidden"),
        NOT_FOUND(404, "Not found"),
        METHOD_NOT_ALLOWED(405, "Method not allowed"),
        CONFLICT(409, "Conflict"),
        EXISTS(409, "The order exists"),
        STATE(409, "Not in this state"),
        DELETED(410, "Deleted"),
        VERSION(412, "Precondition failed"),
        BODY_TOO_LARGE(413, "Body too large"),
        MEDIA_TYPE(415, "Unsupported media type"),
        RULE(422, "A rule rejects the request"),
        IDEMPOTENCY_KEY_REUSED(422, "Idempotency-Key already used"),
        TOO_LARGE(422, "Too large to be stored"),
        PARKED(503, "Order not up to date"),
        UNAVAILABLE(503, "Unavailable");

        private final int status;
        private final String title;

        Kind(int status, String title) {
            this.status = status;
            this.title = title;
        }

        private String urn() {
            return "urn:daybook:problem:" + name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** The document. The violations are omitted if no single value is wrong. */
    record Document(
            String type,
            String title,
            int status,
            @Nullable String detail,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Violation> violations) {}

    static final String MEDIA_TYPE = "application/problem+json";

    private static final long serialVersionUID = 1L;

    private final transient Document document;

    private Problem(Document document) {
        super(document.detail(), null, false, false);
        this.document = document;
    }

    /** Creates a problem. Its detail says what is wrong in this request, and what to do. */
    Problem(Kind type, @Nullable String detail) {
        this(new Document(type.urn(), type.title, type.status, detail, List.of()));
    }

    /** Creates a problem without a specific type. */
    Problem(int status, String title, String detail) {
        this(new Document("about:blank", title, status, detail, List.of()));
    }

    /** Creates the problem of an invalid request. Names from the sender may contain characters that cannot be shown. */
    static Problem invalid(List<Violation> violations) {
        List<Violation> shown = violations.stream()
                .map(each -> new Violation(each.path().replaceAll("[^ -~]", "?"), each.message()))
                .toList();
        Kind type = Kind.INVALID;
        return new Problem(
                new Document(type.urn(), type.title, type.status, "The request is invalid: see violations", shown));
    }

    byte[] body() {
        return SnakeJson.write(document);
    }

    void answer(Context ctx) {
        ctx.status(document.status()).contentType(MEDIA_TYPE).result(body());
    }
}
