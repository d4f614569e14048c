package io.daybook.sample.order.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Returns a problem document also for requests that do not reach the API, such as a malformed request line. */
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
        // A request that Jetty does not support, such as HTTP/9.9, is an error of the sender, not of this server.
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
