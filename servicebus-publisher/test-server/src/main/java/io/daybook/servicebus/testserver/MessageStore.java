package io.daybook.servicebus.testserver;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.io.IOCallback;
import org.apache.activemq.artemis.core.persistence.StorageManager;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.transaction.Transaction;
import org.apache.activemq.artemis.core.transaction.impl.TransactionImpl;
import org.apache.activemq.artemis.protocol.amqp.broker.AMQPStandardMessage;
import org.apache.qpid.proton.message.Message;

/** How messages get into an entity: all of them or none. */
final class MessageStore {

    private MessageStore() {}

    /** Stores messages, in a thread of the executor; completes with their sequence numbers when they are on disk. */
    static CompletableFuture<List<Long>> store(
            ActiveMQServer server, Executor executor, Entity entity, List<Message> messages) {
        CompletableFuture<List<Long>> done = new CompletableFuture<>();
        StorageManager storage = server.getStorageManager();
        storage.setContext(storage.newContext(executor));
        try {
            List<Long> numbers = new ArrayList<>();
            synchronized (entity) {
                Transaction transaction = new TransactionImpl(storage);
                Set<Object> ids = new HashSet<>();
                for (Message message : messages) {
                    Object id = message.getMessageId();
                    numbers.add(entity.next());
                    if (!entity.isDuplicate(id) && (ids.add(id) || !entity.detectsDuplicates() || id == null)) {
                        AMQPStandardMessage stored = Messages.stored(message, numbers.get(numbers.size() - 1));
                        stored.setMessageID(storage.generateID());
                        stored.setAddress(SimpleString.of(entity.name()));
                        server.getPostOffice().route(stored, transaction, false);
                    }
                }
                transaction.commit();
                ids.forEach(entity::stored);
            }
            storage.afterCompleteOperations(new IOCallback() {
                @Override
                public void done() {
                    done.complete(numbers);
                }

                @Override
                public void onError(int errorCode, String errorMessage) {
                    done.completeExceptionally(new IllegalStateException(errorMessage));
                }
            });
        } catch (Exception e) { // whatever Artemis throws
            done.completeExceptionally(e);
        } finally {
            storage.clearContext();
        }
        return done;
    }
}
