package io.daybook.eventstore;

import io.daybook.event.TextRules;
import java.io.Serializable;

/**
 * The id of a stream, which holds the events of one aggregate. Its text form is {@code Order-42}.
 *
 * <pre>{@code
 * StreamId stream = StreamId.of("Order", "42");
 * StreamId same = StreamId.parse("Order-42");
 * }</pre>
 *
 * <p>The text form has at most 128 characters, which is the limit of a Service Bus session id. A tenant, if there is one, is part of the
 * aggregate id.
 *
 * @param aggregateType the type of the aggregate, 1 or more characters without {@code -}
 * @param aggregateId the id of the aggregate, 1 or more characters
 */
public record StreamId(String aggregateType, String aggregateId) implements Serializable {

    private static final int MAX_LENGTH = 128;

    /**
     * Validates the parts.
     *
     * @param aggregateType the type of the aggregate
     * @param aggregateId the id of the aggregate
     * @throws IllegalArgumentException if a part is blank, contains a control character or an unpaired surrogate, or is
     *     too long, or the type contains a {@code -}
     */
    public StreamId {
        int length = aggregateType.length() + 1 + aggregateId.length();
        if (length > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "the stream id of an aggregate of type " + printable(aggregateType) + " has " + length
                            + " characters, but at most " + MAX_LENGTH + " are allowed: use a shorter aggregate id");
        }
        TextRules.requireId("the aggregate type", aggregateType);
        if (aggregateType.indexOf('-') >= 0) {
            throw new IllegalArgumentException("the aggregate type " + aggregateType
                    + " contains a -, which separates the type from the id in a stream id: remove it");
        }
        TextRules.requireId("the aggregate id", aggregateId);
    }

    /**
     * Returns the id of an aggregate's stream.
     *
     * @param aggregateType the type of the aggregate
     * @param aggregateId the id of the aggregate
     * @return the stream id
     * @throws IllegalArgumentException if a part is invalid
     */
    public static StreamId of(String aggregateType, String aggregateId) {
        return new StreamId(aggregateType, aggregateId);
    }

    /**
     * Parses the text form that {@link #toString()} returns.
     *
     * @param text the text form, such as {@code Order-42}
     * @return the stream id
     * @throws IllegalArgumentException if the text is not a stream id
     */
    public static StreamId parse(String text) {
        int dash = text.indexOf('-');
        if (dash < 0) {
            throw new IllegalArgumentException("\"" + printable(text) + "\" is not a stream id: use the form Type-id");
        }
        return new StreamId(text.substring(0, dash), text.substring(dash + 1));
    }

    private static String printable(String text) {
        String shown = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "…" : text;
        return shown.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?");
    }

    /**
     * {@return the text form of this stream id, such as {@code Order-42}}
     */
    @Override
    public String toString() {
        return aggregateType + "-" + aggregateId;
    }
}
