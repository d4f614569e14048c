package io.daybook.servicebus.broker;

import io.daybook.servicebus.testserver.ServiceBusTestServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** Listens like a broker, but shows a certificate that its clients have no reason to trust. */
public final class Impostor implements AutoCloseable {

    private static final String PASSWORD = "changeit";

    private final SSLServerSocket socket;
    private final AtomicInteger distrusted = new AtomicInteger();

    private Impostor(SSLServerSocket socket) {
        this.socket = socket;
        new Thread(this::listen, "impostor").start();
    }

    /**
     * {@return one that listens}
     *
     * @param directory where it keeps its certificate
     * @throws Exception if it cannot be started
     */
    public static Impostor start(Path directory) throws Exception {
        Path store = directory.resolve("impostor.p12");
        List<String> keytool = List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "impostor",
                "-keyalg",
                "RSA",
                "-dname",
                "CN=localhost",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString());
        new ProcessBuilder(keytool).start().waitFor();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream file = Files.newInputStream(store)) {
            keys.load(file, PASSWORD.toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return new Impostor((SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    }

    /** {@return the connection string of a client, which wants TLS} */
    public String connectionString() {
        return "Endpoint=sb://localhost:" + socket.getLocalPort()
                + ";SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=" + ServiceBusTestServer.KEY;
    }

    /** {@return how many clients broke off because of the certificate} */
    public int distrusted() {
        return distrusted.get();
    }

    private void listen() {
        while (!socket.isClosed()) {
            try (SSLSocket client = (SSLSocket) socket.accept()) {
                distrusted.addAndGet(isTrustedBy(client) ? 0 : 1);
            } catch (IOException e) {
                continue; // closed, by either side
            }
        }
    }

    /** A client that does not trust the certificate sends nothing. */
    private static boolean isTrustedBy(SSLSocket client) {
        try {
            client.setSoTimeout(5_000);
            client.startHandshake();
            return client.getInputStream().read() >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
