package io.daybook.servicebus.testserver;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.activemq.artemis.protocol.amqp.proton.AMQPConnectionContext;
import org.apache.activemq.artemis.protocol.amqp.proton.ProtonDeliveryHandler;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.engine.Sender;
import org.apache.qpid.proton.message.Message;
import org.jspecify.annotations.Nullable;

/** A link on which requests arrive or answers leave, of {@code $cbs} or of an entity's {@code $management}. */
final class RequestLink implements ProtonDeliveryHandler {

    /** What is answered to a request: a status, and a body or null. */
    record Answer(int status, @Nullable Map<String, Object> body) {}

    /** What keeps the client waiting. */
    static final Answer NO_ANSWER = new Answer(0, null);

    private final AMQPConnectionContext connection;
    private final Link link;
    private final Map<String, Sender> replies;
    private final Function<Message, Answer> service;

    RequestLink(
            AMQPConnectionContext connection,
            Link link,
            Map<String, Sender> replies,
            Function<Message, Answer> service) {
        this.connection = connection;
        this.link = link;
        this.replies = replies;
        this.service = service;
    }

    void open() {
        link.setContext(this);
        link.setSenderSettleMode(link.getRemoteSenderSettleMode());
        link.setReceiverSettleMode(link.getRemoteReceiverSettleMode());
        if (link instanceof Sender sender) {
            replies.put(address(sender), sender);
        }
        link.open();
        if (link instanceof Receiver receiver) {
            receiver.flow(100);
        }
        connection.flush();
    }

    /** The SDK for JavaScript gives its links no address, and expects the answers on the link of that name. */
    private static String address(Sender sender) {
        Target target = (Target) sender.getRemoteTarget();
        return target == null || target.getAddress() == null ? sender.getName() : target.getAddress();
    }

    @Override
    public void onMessage(Delivery delivery) {
        if (!(link instanceof Receiver receiver) || delivery.isPartial() || receiver.current() != delivery) {
            return;
        }
        byte[] bytes = new byte[delivery.available()];
        int length = receiver.recv(bytes, 0, bytes.length);
        receiver.advance();
        Message request = Message.Factory.create();
        request.decode(bytes, 0, length);
        delivery.disposition(Accepted.getInstance());
        delivery.settle();
        receiver.flow(1);
        Sender reply = replies.get(request.getReplyTo());
        if (reply != null) {
            answer(request, reply);
        }
        connection.flush();
    }

    private void answer(Message request, Sender reply) {
        Answer answer = service.apply(request);
        if (answer.equals(NO_ANSWER)) {
            return;
        }
        Map<String, Object> properties = new HashMap<>();
        for (String code : new String[] {"statusCode", "status-code"}) {
            properties.put(code, answer.status());
        }
        for (String description : new String[] {"statusDescription", "status-description"}) {
            properties.put(description, answer.status() < 300 ? "OK" : "A fault of the broker");
        }
        Message response = Message.Factory.create();
        response.setCorrelationId(request.getMessageId());
        response.setApplicationProperties(new ApplicationProperties(properties));
        response.setBody(new AmqpValue(answer.body()));
        byte[] bytes = Messages.encode(response);
        Delivery delivery = reply.delivery(request.getMessageId().toString().getBytes(StandardCharsets.UTF_8));
        reply.send(bytes, 0, bytes.length);
        delivery.settle();
        reply.advance();
    }

    @Override
    public void onFlow(int currentCredits, boolean drain) {
        connection.flush();
    }

    @Override
    public void close(boolean remoteLinkClose) {
        if (link instanceof Sender sender) {
            replies.remove(address(sender), sender);
        }
    }

    @Override
    public void close(ErrorCondition condition) {
        close(false);
    }
}
