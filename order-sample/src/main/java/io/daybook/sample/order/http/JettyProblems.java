package io.daybook.sample.order.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Answers what does not get as far as the API, such as a malformed request line, with a problem too. */
final class JettyProblems extends ErrorHandler {

    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int code,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problem.MEDIA_TYPE);
        // What Jetty does not implement, such as HTTP/9.9, is the sender's fault and no failure of this server.
        int status = code == HttpStatus.NOT_IMPLEMENTED_501 || code == HttpStatus.HTTP_VERSION_NOT_SUPPORTED_505
                ? HttpStatus.BAD_REQUEST_400
                : code;
        response.setStatus(status);
        ProblemException problem = Problem.ofStatus(
                status,
                HttpStatus.getMessage(status),
                status < 500 ? "The request is not HTTP as this server reads it" : "The request could not be handled");
        response.write(true, ByteBuffer.wrap(SnakeJson.write(problem.problem())), callback);
    }
}
