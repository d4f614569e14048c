package io.daybook.cosmos.server;

import io.daybook.cosmos.testserver.CosmosTestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The wire of one client to the test server, which can be cut: what the SDK does after its client was closed is its own. */
public final class Wire implements AutoCloseable {

    private final int port;
    private final ServerSocket listening;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    private Wire(int port, ServerSocket listening) {
        this.port = port;
        this.listening = listening;
    }

    /**
     * Lays a wire.
     *
     * @param server where it leads
     * @return the wire, to be closed
     */
    public static Wire to(CosmosTestServer server) {
        try {
            Wire wire = new Wire(server.port(), new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
            inBackground(wire::accept);
            return wire;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * {@return what the client is to take for the server}
     */
    public String endpoint() {
        return "http://127.0.0.1:" + listening.getLocalPort() + "/";
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void inBackground(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // one of both ends went away
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException {
        while (!listening.isClosed()) {
            Socket near = listening.accept();
            Socket far = new Socket(InetAddress.getLoopbackAddress(), port);
            sockets.add(near);
            sockets.add(far);
            if (listening.isClosed()) {
                close();
            }
            inBackground(() -> copy(near, far));
            inBackground(() -> copy(far, near));
        }
    }

    private void copy(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            from.setTcpNoDelay(true);
            from.getInputStream().transferTo(to.getOutputStream());
        } finally {
            sockets.remove(from);
        }
    }

    /** Cuts it: connections break, new ones are refused. */
    @Override
    public void close() {
        try {
            listening.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
