package io.daybook.serialization;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.UnaryOperator;

/**
 * A conversion of an event's or command's JSON from one version to the next. It can also rename the type. Upcasters form a chain: JSON of
 * version 1 passes through the upcaster of version 1, then through that of version 2, and so on, up to the current version of the class.
 *
 * <pre>{@code
 * Upcaster carrier = Upcaster.of("OrderShipped", 1, json -> json.put("carrier", "unknown"));
 * Upcaster name = Upcaster.renaming("OrderSent", 1, "OrderShipped", json -> json); // to version 2
 * }</pre>
 *
 * @param type the stored name of the input type
 * @param version the input version, from 1
 * @param newType the stored name of the output type, usually the same; its version is {@code version + 1}
 * @param change modifies the JSON and returns it; must be stateless and thread-safe
 */
public record Upcaster(String type, int version, String newType, UnaryOperator<ObjectNode> change) {

    /**
     * Checks the version.
     *
     * @param type the input type
     * @param version the input version
     * @param newType the output type
     * @param change modifies the JSON
     * @throws IllegalArgumentException if the version is less than 1
     */
    public Upcaster {
        if (version < 1) {
            throw new IllegalArgumentException(
                    "the upcaster of " + type + " converts version " + version + ": use 1 or more");
        }
    }

    /**
     * Creates an upcaster to the next version of the same type.
     *
     * @param type the stored name of the type
     * @param version the input version, from 1
     * @param change modifies the JSON and returns it
     * @return the upcaster
     * @throws IllegalArgumentException if the version is less than 1
     */
    public static Upcaster of(String type, int version, UnaryOperator<ObjectNode> change) {
        return new Upcaster(type, version, type, change);
    }

    /**
     * Creates an upcaster that also renames the type.
     *
     * @param type the stored name of the old type
     * @param version the input version, from 1
     * @param newType the stored name of the new type, whose version is {@code version + 1}
     * @param change modifies the JSON and returns it
     * @return the upcaster
     * @throws IllegalArgumentException if the version is less than 1
     */
    public static Upcaster renaming(String type, int version, String newType, UnaryOperator<ObjectNode> change) {
        return new Upcaster(type, version, newType, change);
    }
}
