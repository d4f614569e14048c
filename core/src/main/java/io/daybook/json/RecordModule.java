package io.daybook.json;

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
import com.fasterxml.jackson.databind.deser.impl.PropertyValueBuffer;
import com.fasterxml.jackson.databind.deser.std.StdValueInstantiator;
import com.fasterxml.jackson.databind.introspect.AnnotatedConstructor;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.util.IgnorePropertiesUtil;
import com.fasterxml.jackson.databind.util.NameTransformer;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import java.io.IOException;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A Jackson module that reads records faster if the properties are in the order of the components, as Jackson writes them. It compares each
 * name with the expected one instead of decoding it to a string and looking it up, and passes the values to the constructor without
 * tracking missing ones. Names, values and errors are those of Jackson, except for the wording of one error: a missing value in JSON that
 * is read from characters. Absent, unknown and reordered properties are read by the same rules, starting where the order ends. Records with
 * special annotations or settings are left to Jackson. Register modules that modify deserializers after this one.
 */
public final class RecordModule {

    private RecordModule() {}

    /**
     * {@return a new module}
     */
    public static SimpleModule create() {
        return new SimpleModule("daybook-records").setDeserializerModifier(new Modifier());
    }

    private static final class Modifier extends BeanDeserializerModifier {

        private static final long serialVersionUID = 1L;

        @Override
        public JsonDeserializer<?> modifyDeserializer(
                DeserializationConfig config, BeanDescription description, JsonDeserializer<?> deserializer) {
            return description.getType().isRecordType() && deserializer.getClass() == BeanDeserializer.class
                    ? new Reader((BeanDeserializer) deserializer)
                    : deserializer;
        }
    }

    /** The components in their order. One object, so that threads that read it without synchronization see all of it. */
    private static final class Components implements Serializable {

        private static final long serialVersionUID = 1L;

        private final SerializedString[] names;
        private final SettableBeanProperty[] properties;

        Components(SerializedString[] names, SettableBeanProperty[] properties) {
            this.names = names;
            this.properties = properties;
        }
    }

    private static final class Reader extends BeanDeserializer {

        private static final long serialVersionUID = 1L;

        private static final int SPECIAL = DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES.getMask()
                | DeserializationFeature.FAIL_ON_IGNORED_PROPERTIES.getMask()
                | DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES.getMask();

        /** Null if the record is left to Jackson. */
        private @Nullable Components components;

        private transient volatile @Nullable NameTransformer transforming;

        Reader(BeanDeserializerBase general) {
            super(general);
        }

        private Reader(BeanDeserializerBase general, NameTransformer transformer) {
            super(general, transformer);
        }

        /**
         * Creates an unwrapping deserializer, as Jackson does only for its own class, even for a record nested in itself. The result reads
         * as Jackson does.
         */
        @Override
        public JsonDeserializer<Object> unwrappingDeserializer(NameTransformer transformer) {
            if (transforming == transformer) {
                return this;
            }
            transforming = transformer;
            try {
                return new Reader(this, transformer);
            } finally {
                transforming = null;
            }
        }

        @Override
        public void resolve(DeserializationContext context) throws JsonMappingException {
            super.resolve(context);
            if (isSpecial() || !(_valueInstantiator.getWithArgsCreator() instanceof AnnotatedConstructor constructor)) {
                return;
            }
            SettableBeanProperty[] ordered = new SettableBeanProperty[constructor.getParameterCount()];
            for (SettableBeanProperty property : _beanProperties) {
                if (property.getClass() != CreatorProperty.class
                        || property.getInjectionDefinition() != null
                        || _propertyBasedCreator.findCreatorProperty(property.getName()) != property) {
                    return; // it is injected, or set after construction
                }
                ordered[property.getCreatorIndex()] = property;
            }
            SerializedString[] inOrder = new SerializedString[ordered.length];
            for (int i = 0; i < ordered.length; i++) {
                if (ordered[i] == null) {
                    return; // it is ignored
                }
                inOrder[i] = new SerializedString(ordered[i].getName());
            }
            components = new Components(inOrder, ordered);
        }

        private boolean isSpecial() {
            return _propertyBasedCreator == null
                    || _valueInstantiator.getClass() != StdValueInstantiator.class
                    || _unwrappedPropertyHandler != null
                    || _externalTypeIdHandler != null
                    || _delegateDeserializer != null
                    || _arrayDelegateDeserializer != null
                    || _objectIdReader != null
                    || _injectables != null
                    || _anySetter != null
                    || _needViewProcesing;
        }

        @Override
        public Object deserialize(JsonParser json, DeserializationContext context) throws IOException {
            Components expected = components;
            if (expected == null
                    || !json.isExpectedStartObjectToken()
                    || context.hasSomeOfFeatures(SPECIAL)
                    || context.getConfig().getProblemHandlers() != null) {
                return super.deserialize(json, context);
            }
            SerializedString[] names = expected.names;
            SettableBeanProperty[] properties = expected.properties;
            Object[] values = new Object[names.length];
            for (int i = 0; i < values.length; i++) {
                if (!json.nextFieldName(names[i])) {
                    return inAnyOrder(json, context, properties, values, i);
                }
                json.nextToken();
                values[i] = _deserializeWithErrorWrapping(json, context, properties[i]);
            }
            JsonToken next = json.nextToken();
            Object bean;
            try {
                bean = _valueInstantiator.createFromObjectWith(context, values);
            } catch (Exception e) {
                bean = wrapInstantiationProblem(e, context);
            }
            json.assignCurrentValue(bean);
            return next == JsonToken.END_OBJECT ? bean : deserialize(json, context, bean);
        }

        /** Continues at an unexpected name, or at the end, after the first {@code count} components. */
        private Object inAnyOrder(
                JsonParser json,
                DeserializationContext context,
                SettableBeanProperty[] properties,
                Object[] values,
                int count)
                throws IOException {
            PropertyValueBuffer buffer = _propertyBasedCreator.startBuilding(json, context, null);
            for (int i = 0; i < count; i++) {
                buffer.assignParameter(properties[i], values[i]);
            }
            for (JsonToken token = json.currentToken(); token == JsonToken.FIELD_NAME; token = json.nextToken()) {
                String name = json.currentName();
                json.nextToken();
                SettableBeanProperty property = _propertyBasedCreator.findCreatorProperty(name);
                if (property == null) {
                    skip(json, context, name);
                } else if (buffer.assignParameter(property, _deserializeWithErrorWrapping(json, context, property))) {
                    json.nextToken();
                    return deserialize(json, context, build(json, context, buffer));
                }
            }
            return build(json, context, buffer);
        }

        /** Skips an unknown property. It is decoded first, since it may turn out not to be valid JSON. */
        private void skip(JsonParser json, DeserializationContext context, String name) throws IOException {
            if (_ignoreAllUnknown || IgnorePropertiesUtil.shouldIgnore(name, _ignorableProps, _includableProps)) {
                json.skipChildren();
                return;
            }
            try (TokenBuffer unknown = context.bufferForInputBuffering(json)) {
                unknown.copyCurrentStructure(json);
            }
        }

        private Object build(JsonParser json, DeserializationContext context, PropertyValueBuffer buffer)
                throws IOException {
            Object bean;
            try {
                bean = _propertyBasedCreator.build(context, buffer);
            } catch (Exception e) {
                bean = wrapInstantiationProblem(e, context);
            }
            json.assignCurrentValue(bean);
            return bean;
        }
    }
}
