package io.daybook.servicebus.testserver;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.transaction.Transaction;
import org.apache.activemq.artemis.protocol.amqp.broker.AMQPMessage;
import org.apache.activemq.artemis.protocol.amqp.proton.AMQPSessionContext;
import org.apache.activemq.artemis.protocol.amqp.proton.ProtonServerReceiverContext;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.DeliveryAnnotations;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Receiver;

/** The link of a client that sends: stores what arrives, all messages of a batch or none, one transfer at a time. */
final class ProducerLink extends ProtonServerReceiverContext {

    private final EmbeddedBroker broker;
    private final ActiveMQServer server;
    private final Entity entity;
    private final Executor executor;
    private volatile boolean withholdsCredit;

    ProducerLink(
            EmbeddedBroker broker,
            AMQPSessionContext session,
            Receiver receiver,
            Entity entity,
            boolean withholdsCredit) {
        super(session.getSessionSPI(), session.getAMQPConnectionContext(), session, receiver);
        this.broker = broker;
        this.server = session.getServer();
        this.entity = entity;
        this.executor = server.getExecutorFactory().getExecutor();
        this.withholdsCredit = withholdsCredit;
    }

    /** Gives the credit that was withheld. */
    void giveCredit() {
        connection.runNow(() -> {
            if (withholdsCredit) {
                withholdsCredit = false;
                topUpCreditIfNeeded();
                connection.flush();
            }
        });
    }

    @Override
    protected void doCreditTopUpRun() {
        if (!withholdsCredit) {
            super.doCreditTopUpRun();
        }
    }

    @Override
    protected void actualDelivery(
            Message message,
            Delivery delivery,
            DeliveryAnnotations deliveryAnnotations,
            Receiver receiver,
            Transaction tx) {
        incrementSettle();
        List<org.apache.qpid.proton.message.Message> messages =
                Messages.unpack((AMQPMessage) message, delivery.getMessageFormat());
        String named = ((AMQPMessage) message).getProtonMessage().getGroupId();
        entity.transferred(
                messages.size(), messages.stream().allMatch(unpacked -> Objects.equals(named, unpacked.getGroupId())));
        ServiceBusFault fault = broker.faults().take(entity.name(), ServiceBusFault.Stage.TRANSFER);
        if (fault == null
                && entity.requiresSessions()
                && messages.stream().anyMatch(unpacked -> unpacked.getGroupId() == null)) {
            answer(delivery, rejected("amqp:not-allowed"));
        } else if (fault == null) {
            executor.execute(() -> store(messages, delivery));
        } else {
            show(fault, delivery);
        }
    }

    private void show(ServiceBusFault fault, Delivery delivery) {
        switch (fault.kind) {
            case REJECT -> answer(delivery, rejected(fault.condition()));
            case RELEASE -> answer(delivery, Released.getInstance());
            case MODIFY -> {
                Modified modified = new Modified();
                modified.setDeliveryFailed(true);
                answer(delivery, modified);
            }
            case DETACH -> detach(fault.condition());
            case CLOSE_CONNECTION ->
                connection.close(new ErrorCondition(Symbol.valueOf(fault.condition()), "A fault of the broker"));
            default -> cut();
        }
    }

    private static Rejected rejected(String condition) {
        Rejected rejected = new Rejected();
        rejected.setError(new ErrorCondition(Symbol.valueOf(condition), "A fault of the broker"));
        return rejected;
    }

    /** Ends the link from this side. */
    void detach(String condition) {
        connection.runNow(() -> {
            try {
                close(new ErrorCondition(Symbol.valueOf(condition), "A fault of the broker"));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            receiver.close();
            connection.flush();
        });
    }

    String entity() {
        return entity.name();
    }

    private void cut() {
        connection.getConnectionCallback().getTransportConnection().forceClose();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // its failure is answered
    private void store(List<org.apache.qpid.proton.message.Message> messages, Delivery delivery) {
        MessageStore.store(server, executor, entity, messages).whenComplete((numbers, failure) -> {
            if (failure == null) {
                stored(delivery);
            } else {
                answer(delivery, rejected("amqp:internal-error"));
            }
        });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the pool ends with the server
    private void stored(Delivery delivery) {
        ServiceBusFault fault = broker.faults().take(entity.name(), ServiceBusFault.Stage.STORED);
        if (fault == null) {
            answer(delivery, Accepted.getInstance());
        } else if (fault.kind == ServiceBusFault.Kind.CUT_AFTER) {
            cut();
        } else if (fault.kind == ServiceBusFault.Kind.DELAY_ANSWER) {
            server.getScheduledPool()
                    .schedule(
                            () -> answer(delivery, Accepted.getInstance()),
                            fault.delay.toMillis(),
                            TimeUnit.MILLISECONDS);
        }
    }

    private void answer(Delivery delivery, DeliveryState state) {
        connection.runNow(() -> {
            delivery.disposition(state);
            settle(delivery);
            connection.flush();
        });
    }
}
