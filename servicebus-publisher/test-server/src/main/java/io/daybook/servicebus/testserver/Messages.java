package io.daybook.servicebus.testserver;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.activemq.artemis.protocol.amqp.broker.AMQPMessage;
import org.apache.activemq.artemis.protocol.amqp.broker.AMQPStandardMessage;
import org.apache.activemq.artemis.protocol.amqp.util.TLSEncode;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.amqp.messaging.Header;
import org.apache.qpid.proton.amqp.messaging.MessageAnnotations;
import org.apache.qpid.proton.amqp.messaging.Section;
import org.apache.qpid.proton.codec.DecoderImpl;
import org.apache.qpid.proton.message.Message;
import org.jspecify.annotations.Nullable;

/** How messages come in, are stored, and are read. */
final class Messages {

    private static final long BATCH = 0x80013700L;
    private static final Symbol SEQUENCE_NUMBER = Symbol.valueOf("x-opt-sequence-number");
    private static final Symbol ENQUEUED_TIME = Symbol.valueOf("x-opt-enqueued-time");
    private static final Symbol LOCKED_UNTIL = Symbol.valueOf("x-opt-locked-until");
    private static final Symbol SCHEDULED_TIME = Symbol.valueOf("x-opt-scheduled-enqueue-time");
    /** What Artemis reads; it keeps the message until then, also over a restart. */
    private static final Symbol DELIVERY_TIME = Symbol.valueOf("x-opt-delivery-time");

    private static final Symbol PARTITION_KEY = Symbol.valueOf("x-opt-partition-key");

    private Messages() {}

    /** The messages of a transfer: those of a batch, or one. */
    static List<Message> unpack(AMQPMessage transfer, long format) {
        // Artemis extends the sign of the format.
        if ((format & 0xffffffffL) != BATCH) {
            return List.of(transfer.getProtonMessage());
        }
        List<Message> messages = new ArrayList<>();
        DecoderImpl decoder = TLSEncode.getDecoder();
        ByteBuffer sections = ByteBuffer.wrap(bytes(transfer));
        decoder.setByteBuffer(sections);
        try {
            while (sections.hasRemaining()) {
                if (decoder.readObject() instanceof Data data) {
                    messages.add(decode(data.getValue()));
                }
            }
        } finally {
            decoder.setBuffer(null);
        }
        return messages;
    }

    private static byte[] bytes(AMQPMessage message) {
        ByteBuf buffer = Unpooled.buffer();
        message.sendBuffer(buffer, 0);
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.readBytes(bytes);
        return bytes;
    }

    static Message decode(Binary binary) {
        Message message = Message.Factory.create();
        // A copy, since decoding leaves the decoder of the thread alone but keeps what it is given.
        byte[] bytes = new byte[binary.getLength()];
        System.arraycopy(binary.getArray(), binary.getArrayOffset(), bytes, 0, bytes.length);
        message.decode(bytes, 0, bytes.length);
        return message;
    }

    static byte[] encode(Message message) {
        for (int size = 4096; ; size *= 4) {
            byte[] buffer = new byte[size];
            try {
                int length = message.encode(buffer, 0, size);
                byte[] bytes = new byte[length];
                System.arraycopy(buffer, 0, bytes, 0, length);
                return bytes;
            } catch (java.nio.BufferOverflowException | IndexOutOfBoundsException e) {
                if (size > 64 * 1024 * 1024) {
                    throw e;
                }
            }
        }
    }

    /** The message in its stored form: durable, and with a header, which the receiver of the SDK needs. */
    static AMQPStandardMessage stored(Message message, long sequenceNumber) {
        Header header = message.getHeader() == null ? new Header() : message.getHeader();
        header.setDurable(true);
        message.setHeader(header);
        Map<Symbol, Object> annotations = new HashMap<>();
        if (message.getMessageAnnotations() != null) {
            annotations.putAll(message.getMessageAnnotations().getValue());
        }
        annotations.put(SEQUENCE_NUMBER, sequenceNumber);
        annotations.put(ENQUEUED_TIME, Date.from(Instant.now()));
        if (annotations.get(SCHEDULED_TIME) instanceof Date time
                && time.toInstant().isAfter(Instant.now())) {
            annotations.put(DELIVERY_TIME, time.toInstant().toEpochMilli());
        }
        annotations.put(LOCKED_UNTIL, Date.from(Instant.now().plus(1, ChronoUnit.DAYS)));
        message.setMessageAnnotations(new MessageAnnotations(annotations));
        return new AMQPStandardMessage(0, encode(message), null);
    }

    static StoredMessage read(AMQPMessage stored) {
        Message message = stored.getProtonMessage();
        Map<Symbol, Object> annotations = message.getMessageAnnotations() == null
                ? Map.of()
                : message.getMessageAnnotations().getValue();
        Map<String, Object> properties = message.getApplicationProperties() == null
                ? Map.of()
                : message.getApplicationProperties().getValue();
        return new StoredMessage(
                sequenceNumber(annotations),
                string(message.getMessageId()),
                message.getGroupId(),
                message.getSubject(),
                message.getContentType(),
                string(message.getCorrelationId()),
                string(annotations.get(PARTITION_KEY)),
                body(message.getBody()),
                properties,
                annotations.get(SCHEDULED_TIME) instanceof Date time ? time.toInstant() : null);
    }

    private static long sequenceNumber(Map<Symbol, Object> annotations) {
        return annotations.get(SEQUENCE_NUMBER) instanceof Number number ? number.longValue() : 0;
    }

    private static @Nullable String string(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private static byte[] body(@Nullable Section body) {
        if (body instanceof Data data) {
            Binary binary = data.getValue();
            byte[] bytes = new byte[binary.getLength()];
            System.arraycopy(binary.getArray(), binary.getArrayOffset(), bytes, 0, bytes.length);
            return bytes;
        }
        if (body instanceof AmqpValue value && value.getValue() instanceof String text) {
            return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        }
        return new byte[0];
    }
}
