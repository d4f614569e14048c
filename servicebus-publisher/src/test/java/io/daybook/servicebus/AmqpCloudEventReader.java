package io.daybook.servicebus;

import com.azure.messaging.servicebus.ServiceBusReceivedMessage;
import io.cloudevents.CloudEvent;
import io.cloudevents.SpecVersion;
import io.cloudevents.core.data.BytesCloudEventData;
import io.cloudevents.core.message.impl.BaseGenericBinaryMessageReaderImpl;
import java.util.function.BiConsumer;

/**
 * The CloudEvents SDK's reader of binary messages, over the properties of a received message. It replaces the reader of the
 * SDK's AMQP module, which does the same over a message of Proton.
 */
final class AmqpCloudEventReader extends BaseGenericBinaryMessageReaderImpl<String, Object> {

    private static final String PREFIX = "cloudEvents:";
    private static final String CONTENT_TYPE = "content-type";

    private final ServiceBusReceivedMessage message;

    private AmqpCloudEventReader(ServiceBusReceivedMessage message) {
        super(
                SpecVersion.parse((String) message.getApplicationProperties().get(PREFIX + "specversion")),
                BytesCloudEventData.wrap(message.getBody().toBytes()));
        this.message = message;
    }

    static CloudEvent read(ServiceBusReceivedMessage message) {
        return new AmqpCloudEventReader(message).toEvent();
    }

    @Override
    protected boolean isContentTypeHeader(String name) {
        return name.equals(CONTENT_TYPE);
    }

    @Override
    protected boolean isCloudEventsHeader(String name) {
        return name.startsWith(PREFIX);
    }

    @Override
    protected String toCloudEventsKey(String name) {
        return name.substring(PREFIX.length());
    }

    @Override
    protected void forEachHeader(BiConsumer<String, Object> each) {
        each.accept(CONTENT_TYPE, message.getContentType());
        message.getApplicationProperties().forEach(each);
    }

    @Override
    protected String toCloudEventsValue(Object value) {
        return value.toString();
    }
}
