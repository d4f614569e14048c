package io.daybook.sample.order.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.daybook.command.Violation;
import java.util.List;

/**
 * A problem document as defined by RFC 9457. Its type is a stable URN. Its detail says what is wrong in this request,
 * and what to do. The violations are omitted if no single value is wrong.
 */
record Problem(
        String type,
        String title,
        int status,
        String detail,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Violation> violations) {

    static final String MEDIA_TYPE = "application/problem+json";

    static ProblemException of(int status, String kind, String title, String detail) {
        return of("urn:daybook:problem:" + kind, title, status, detail, List.of());
    }

    static ProblemException ofStatus(int status, String title, String detail) {
        return of("about:blank", title, status, detail, List.of());
    }

    static ProblemException invalid(List<Violation> violations) {
        String detail = "The request is invalid, see violations";
        return of("urn:daybook:problem:invalid", "Invalid request", 400, detail, List.copyOf(violations));
    }

    static ProblemException malformed(String detail) {
        return of(400, "malformed", "Malformed request", detail);
    }

    static ProblemException notFound(String detail) {
        return of(404, "not-found", "Not found", detail);
    }

    private static ProblemException of(
            String type, String title, int status, String detail, List<Violation> violations) {
        return new ProblemException(new Problem(type, title, status, detail, violations));
    }
}
