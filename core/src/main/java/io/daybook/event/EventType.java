package io.daybook.event;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name and schema version under which events of a class are stored. The class can be renamed or moved without
 * affecting stored events. See {@link DomainEvent} for an example.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface EventType {

    /**
     * {@return the stable name, unique among the events of one store: 1 to 128 ASCII letters, digits or {@code . _ -}}
     */
    String value();

    /**
     * {@return the version of the event's JSON, from 1; increase it and add an upcaster when the shape of the JSON changes}
     */
    int version() default 1;

    /**
     * {@return the oldest version of the JSON that was ever stored, under this or an older name, from 1; every version before
     * {@link #version}, starting with this one, needs an upcaster}
     */
    int since() default 1;
}
