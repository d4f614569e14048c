package io.daybook.json;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.deser.BeanDeserializer;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.deser.CreatorProperty;
import com.fasterxml.jackson.databind.deser.SettableBeanProperty;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.deser.impl.PropertyBasedCreator;
import com.fasterxml.jackson.databind.deser.impl.PropertyValueBuffer;
import com.fasterxml.jackson.databind.deser.std.DelegatingDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdValueInstantiator;
import com.fasterxml.jackson.databind.introspect.AnnotatedConstructor;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.util.ClassUtil;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Jackson module that reads records faster if the properties are in the order of the components, as Jackson writes
 * them. The module compares each name with the expected one instead of decoding it to a string and looking it up, and
 * passes the values to the constructor without tracking missing ones. Names, values and errors are those of Jackson,
 * except for the wording of one error: a missing value in JSON that is read from characters. After the first absent,
 * unknown or reordered property, the module looks up each name by the same rules. Records with special annotations or
 * settings are left to Jackson. Register modules that modify deserializers after this one. The module uses only the
 * public API of Jackson.
 */
public final class RecordModule {

    private RecordModule() {}

    /**
     * {@return a new module}
     */
    public static SimpleModule create() {
        return new SimpleModule("daybook-records").setDeserializerModifier(new Modifier());
    }

    /**
     * Returns Jackson's deserializer, to which the deserializer of a record delegates. For other classes, returns the
     * given deserializer.
     */
    static JsonDeserializer<?> withoutOrder(JsonDeserializer<?> deserializer) {
        return deserializer instanceof Reader reader ? reader.jackson : deserializer;
    }

    private static final class Modifier extends BeanDeserializerModifier {

        private static final long serialVersionUID = 1L;

        @Override
        public JsonDeserializer<?> modifyDeserializer(
                DeserializationConfig config, BeanDescription description, JsonDeserializer<?> deserializer) {
            return description.getType().isRecordType()
                            && deserializer.getClass() == BeanDeserializer.class
                            && !isSpecial(config, description)
                    ? new Reader((BeanDeserializer) deserializer)
                    : deserializer;
        }

        private static boolean isSpecial(DeserializationConfig config, BeanDescription description) {
            Class<?> type = description.getBeanClass();
            JsonIgnoreProperties.Value ignored = config.getDefaultPropertyIgnorals(type, description.getClassInfo());
            @Nullable Map<Object, AnnotatedMember> injected = description.findInjectables();
            return description.findAnySetterAccessor() != null
                    || (injected != null && !injected.isEmpty())
                    || description.getObjectIdInfo() != null
                    || !description.getIgnoredPropertyNames().isEmpty()
                    || ignored.getIgnoreUnknown()
                    || !ignored.findIgnoredForDeserialization().isEmpty()
                    || config.getDefaultPropertyInclusions(type, description.getClassInfo())
                                    .getIncluded()
                            != null;
        }
    }

    /** The components in their order. One object, so that threads that read it without synchronization see all of it. */
    private static final class Components {

        final SerializedString[] names;
        final SettableBeanProperty[] properties;

        /** The creator that tracks missing values after the first property that is out of order. */
        final PropertyBasedCreator creator;

        Components(SerializedString[] names, SettableBeanProperty[] properties, PropertyBasedCreator creator) {
            this.names = names;
            this.properties = properties;
            this.creator = creator;
        }
    }

    private static final class Reader extends DelegatingDeserializer {

        private static final long serialVersionUID = 1L;

        private static final int SPECIAL = DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES.getMask()
                | DeserializationFeature.FAIL_ON_IGNORED_PROPERTIES.getMask()
                | DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES.getMask();

        private final BeanDeserializerBase jackson;

        /** Null if the record is left to Jackson. */
        private transient @Nullable Components components;

        Reader(BeanDeserializerBase jackson) {
            super(jackson);
            this.jackson = jackson;
        }

        /** Returns Jackson's copy for another context, such as one with ignored properties. */
        @Override
        protected JsonDeserializer<?> newDelegatingInstance(JsonDeserializer<?> other) {
            return other;
        }

        @Override
        public void resolve(DeserializationContext context) throws JsonMappingException {
            super.resolve(context);
            ValueInstantiator instantiator = jackson.getValueInstantiator();
            if (instantiator.getClass() != StdValueInstantiator.class
                    || !(instantiator.getWithArgsCreator() instanceof AnnotatedConstructor constructor)
                    || instantiator.canCreateUsingDelegate()
                    || instantiator.canCreateUsingArrayDelegate()
                    || jackson.getObjectIdReader() != null
                    || jackson.hasViews()) {
                return;
            }
            SettableBeanProperty[] ordered = new SettableBeanProperty[constructor.getParameterCount()];
            for (Iterator<SettableBeanProperty> all = jackson.properties(); all.hasNext(); ) {
                SettableBeanProperty property = all.next();
                if (property.getClass() != CreatorProperty.class || property.getInjectableValueId() != null) {
                    return; // it is injected, or set after construction
                }
                ordered[property.getCreatorIndex()] = property;
            }
            SerializedString[] inOrder = new SerializedString[ordered.length];
            for (int i = 0; i < ordered.length; i++) {
                if (ordered[i] == null) {
                    return; // it is unwrapped or has an external type id
                }
                inOrder[i] = new SerializedString(ordered[i].getName());
            }
            components = new Components(
                    inOrder, ordered, PropertyBasedCreator.construct(context, instantiator, ordered.clone(), false));
        }

        @Override
        public Object deserialize(JsonParser json, DeserializationContext context) throws IOException {
            Components expected = components;
            if (expected == null
                    || !json.isExpectedStartObjectToken()
                    || context.hasSomeOfFeatures(SPECIAL)
                    || context.getConfig().getProblemHandlers() != null) {
                return jackson.deserialize(json, context);
            }
            SerializedString[] names = expected.names;
            SettableBeanProperty[] properties = expected.properties;
            Object[] values = new Object[names.length];
            for (int i = 0; i < values.length; i++) {
                if (!json.nextFieldName(names[i])) {
                    return inAnyOrder(json, context, expected, values, i);
                }
                json.nextToken();
                values[i] = value(json, context, properties[i]);
            }
            JsonToken next = json.nextToken();
            Object bean;
            try {
                bean = jackson.getValueInstantiator().createFromObjectWith(context, values);
            } catch (Exception e) { // of any class: the constructor is the user's code
                bean = instantiationProblem(e, context);
            }
            json.assignCurrentValue(bean);
            return next == JsonToken.END_OBJECT ? bean : jackson.deserialize(json, context, bean);
        }

        private Object value(JsonParser json, DeserializationContext context, SettableBeanProperty property)
                throws IOException {
            try {
                return property.deserialize(json, context);
            } catch (Exception e) { // of any class: deserializers are the user's code
                return jackson.wrapAndThrow(e, jackson.handledType(), property.getName(), context);
            }
        }

        /** Continues at an unexpected name, or at the end, after the first {@code count} components. */
        private Object inAnyOrder(
                JsonParser json, DeserializationContext context, Components expected, Object[] values, int count)
                throws IOException {
            PropertyValueBuffer buffer = expected.creator.startBuilding(json, context, null);
            for (int i = 0; i < count; i++) {
                buffer.assignParameter(expected.properties[i], values[i]);
            }
            for (JsonToken token = json.currentToken(); token == JsonToken.FIELD_NAME; token = json.nextToken()) {
                @Nullable SettableBeanProperty property = jackson.findProperty(json.currentName());
                json.nextToken();
                if (property == null) {
                    skip(json, context);
                } else if (buffer.assignParameter(property, value(json, context, property))) {
                    json.nextToken();
                    return jackson.deserialize(json, context, build(json, context, expected, buffer));
                }
            }
            return build(json, context, expected, buffer);
        }

        /** Skips an unknown property. It is decoded first, since it may turn out not to be valid JSON. */
        private static void skip(JsonParser json, DeserializationContext context) throws IOException {
            try (TokenBuffer unknown = context.bufferForInputBuffering(json)) {
                unknown.copyCurrentStructure(json);
            }
        }

        private Object build(
                JsonParser json, DeserializationContext context, Components expected, PropertyValueBuffer buffer)
                throws IOException {
            Object bean;
            try {
                bean = expected.creator.build(context, buffer);
            } catch (Exception e) { // of any class: the constructor is the user's code
                bean = instantiationProblem(e, context);
            }
            json.assignCurrentValue(bean);
            return bean;
        }

        private Object instantiationProblem(Exception e, DeserializationContext context) throws IOException {
            Throwable cause = e;
            while (cause instanceof InvocationTargetException && cause.getCause() != null) {
                cause = cause.getCause();
            }
            ClassUtil.throwIfError(cause);
            ClassUtil.throwIfIOE(cause);
            if (!context.isEnabled(DeserializationFeature.WRAP_EXCEPTIONS)) {
                ClassUtil.throwIfRTE(cause);
            }
            return context.handleInstantiationProblem(jackson.handledType(), null, cause);
        }
    }
}
