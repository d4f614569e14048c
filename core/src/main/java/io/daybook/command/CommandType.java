package io.daybook.command;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name and version of a command's JSON. Without this annotation, a command has the simple name of its class and version 1.
 *
 * <pre>{@code
 * @CommandType(value = "ShipOrder", version = 2)
 * public record ShipOrderByCarrier(String orderId, String trackingNumber, String carrier) implements Command {
 *     public String aggregateId() {
 *         return orderId;
 *     }
 * }
 * }</pre>
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface CommandType {

    /**
     * {@return the stable name, unique among the commands of one bus}
     */
    String value();

    /**
     * {@return the version of the command's JSON, from 1; increase it and add an upcaster when the shape of the JSON changes}
     */
    int version() default 1;

    /**
     * {@return the oldest version of the JSON that is still sent, under this or an older name, from 1; every version before
     * {@link #version}, starting with this one, needs an upcaster}
     */
    int since() default 1;
}
