package io.daybook.sample.order.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.daybook.command.Violation;
import java.util.List;

/**
 * An error as RFC 9457 describes it, in the media type {@code application/problem+json}.
 *
 * @param type which kind of error, a URN that stays the same
 * @param title the kind in words
 * @param status the HTTP status
 * @param detail what was wrong this time, and what to do
 * @param violations each value that is wrong; empty, and not written, where no single value is
 */
record Problem(
        String type,
        String title,
        int status,
        String detail,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Violation> violations) {

    static final String MEDIA_TYPE = "application/problem+json";

    static Problem of(int status, String kind, String title, String detail) {
        return new Problem("urn:daybook:problem:" + kind, title, status, detail, List.of());
    }

    static Problem ofStatus(int status, String title, String detail) {
        return new Problem("about:blank", title, status, detail, List.of());
    }

    static Problem invalid(List<Violation> violations) {
        return new Problem(
                "urn:daybook:problem:invalid",
                "Invalid request",
                400,
                "The request is invalid, see violations",
                List.copyOf(violations));
    }

    static Problem malformed(String detail) {
        return of(400, "malformed", "Malformed request", detail);
    }

    static Problem notFound(String detail) {
        return of(404, "not-found", "Not found", detail);
    }

    ProblemException asException() {
        return new ProblemException(this);
    }
}
