package com.example.cart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.azure.cosmos.CosmosAsyncClient;
import com.sun.net.httpserver.HttpServer;
import io.daybook.eventstore.EventStoreUnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** The adapters and all that they load, without Azure. */
class AzureTest {

    private static final String KEY = Base64.getEncoder().encodeToString("no secret".getBytes(UTF_8));

    @Test
    void the_store_asks_an_empty_account_for_its_container() throws IOException {
        System.setProperty("COSMOS.HTTP_CONNECTION_WITHOUT_TLS_ALLOWED", "true");
        HttpServer account = emptyAccount();
        try (CosmosAsyncClient client =
                Azure.client("http://localhost:" + account.getAddress().getPort(), KEY)) {
            EventStoreUnavailableException e =
                    assertThrows(EventStoreUnavailableException.class, () -> Azure.store(client));
            assertTrue(e.getMessage().contains("does not exist"), e.getMessage());
        } finally {
            account.stop(0);
        }
    }

    /** An empty account that reports its location. */
    private static HttpServer emptyAccount() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        String here = "[{\"name\":\"here\",\"databaseAccountEndpoint\":\"http://localhost:"
                + server.getAddress().getPort() + "/\"}]";
        byte[] account = ("{\"id\":\"empty\",\"_rid\":\"\",\"writableLocations\":" + here + ",\"readableLocations\":"
                        + here + ",\"userConsistencyPolicy\":{\"defaultConsistencyLevel\":\"Session\"}}")
                .getBytes(UTF_8);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            boolean root = exchange.getRequestURI().getPath().equals("/");
            byte[] answer = root ? account : "{}".getBytes(UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(root ? 200 : 404, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        return server;
    }

    @Test
    void publisher_reports_that_the_broker_does_not_answer() throws IOException {
        int nobody;
        try (ServerSocket socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
            nobody = socket.getLocalPort();
        }
        String connectionString = "Endpoint=sb://localhost:" + nobody + ";SharedAccessKeyName=name;SharedAccessKey="
                + KEY + ";UseDevelopmentEmulator=true";
        try (var publisher = Azure.publisher(connectionString)) {
            assertTrue(publisher.unavailableReason().contains("cannot be reached"), publisher.unavailableReason());
        }
    }
}
