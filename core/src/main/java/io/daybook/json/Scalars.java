package io.daybook.json;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.util.ClassUtil;
import java.math.BigDecimal;
import java.math.BigInteger;

/** The scalar values that a class can be read from. */
final class Scalars {

    private Scalars() {}

    static boolean any(ValueInstantiator creator) {
        return creator.canCreateFromString()
                || creator.canCreateFromInt()
                || creator.canCreateFromLong()
                || creator.canCreateFromDouble()
                || creator.canCreateFromBoolean()
                || creator.canCreateFromBigInteger()
                || creator.canCreateFromBigDecimal()
                || creator.canCreateUsingDelegate()
                || creator.canCreateUsingArrayDelegate();
    }

    static boolean isRead(ValueInstantiator creator, JavaType value) {
        if (creator.canCreateUsingDelegate() || creator.canCreateUsingArrayDelegate()) {
            JavaType delegate = creator.canCreateUsingDelegate()
                    ? creator.getDelegateType(null)
                    : creator.getArrayDelegateType(null);
            return agree(value.getRawClass(), delegate.getRawClass());
        }
        Class<?> raw = boxed(value.getRawClass());
        boolean fromLong = creator.canCreateFromLong();
        if (raw == Integer.class || raw == Short.class || raw == Byte.class) {
            return creator.canCreateFromInt() || fromLong;
        }
        if (raw == Long.class) {
            // A long beyond 2^53 is written as text.
            return fromLong;
        }
        if (raw == Double.class || raw == Float.class) {
            return creator.canCreateFromDouble();
        }
        if (raw == Boolean.class) {
            return creator.canCreateFromBoolean();
        }
        if (raw == BigInteger.class) {
            return creator.canCreateFromBigInteger();
        }
        if (raw == BigDecimal.class) {
            return creator.canCreateFromBigDecimal() || creator.canCreateFromString();
        }
        return creator.canCreateFromString();
    }

    /** Returns whether a value of one type can be read as the other. */
    static boolean agree(Class<?> written, Class<?> read) {
        Class<?> one = boxed(written);
        Class<?> other = boxed(read);
        return one.isAssignableFrom(other) || other.isAssignableFrom(one);
    }

    private static Class<?> boxed(Class<?> type) {
        return type.isPrimitive() ? ClassUtil.wrapperType(type) : type;
    }
}
