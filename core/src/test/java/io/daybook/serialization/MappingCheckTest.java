package io.daybook.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import io.daybook.command.Command;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandType;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.json.MappingCheck;
import java.io.InputStream;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MappingCheckTest {

    private static final ObjectMapper MAPPER = JacksonDefaults.mapper().build();

    private static Arguments shape(Class<?> type, String... message) {
        return Arguments.of(type, message);
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                shape(ClassShapes.ReadOnlyComponent.class, "ReadOnlyComponent.id", "but not read"),
                shape(ClassShapes.WriteOnlyComponent.class, "WriteOnlyComponent.password", "not written"),
                shape(ClassShapes.IgnoredComponent.class, "IgnoredComponent.note"),
                shape(ClassShapes.ComponentIgnoredByClass.class, "ComponentIgnoredByClass.note"),
                shape(ClassShapes.ComponentReadIgnored.class, "ComponentReadIgnored.note"),
                shape(ClassShapes.NonEmptyList.class, "NonEmptyList.", "@JsonInclude"),
                shape(ClassShapes.NonEmptyText.class, "NonEmptyText.note", "@JsonInclude"),
                shape(ClassShapes.NonEmptyMap.class, "NonEmptyMap.counts", "@JsonInclude"),
                shape(ClassShapes.NonDefaultInt.class, "NonDefaultInt.count", "@JsonInclude"),
                shape(ClassShapes.MapWithoutNulls.class, "MapWithoutNulls.notes", "entries are not all written"),
                shape(ClassShapes.PropertyOnHelper.class, "PropertyOnHelper.shout", "but not read"),
                shape(ClassShapes.Generic.class, "type parameter T"),
                shape(ClassShapes.Plain.class, "JSON object"),
                shape(ClassShapes.AsArray.class, "JSON object"),
                shape(ClassShapes.AsText.class, "JSON object"),
                shape(ClassShapes.AsList.class, "JSON object"),
                shape(String.class, "JSON object"),
                shape(Integer.class, "JSON object"),
                shape(ClassShapes.Hidden.class, "Hidden"),
                shape(ClassShapes.HiddenWithDefault.class, "HiddenWithDefault.coupon", "not in the JSON"),
                shape(ClassShapes.Computed.class, "Computed.total", "but not read", "@JsonIgnore"),
                shape(ClassShapes.SetterOnly.class, "SetterOnly.secret", "not in the JSON"),
                shape(ClassShapes.GetterOnly.class, "GetterOnly.name", "not read"),
                shape(ClassShapes.OneHidden.class, "OneHidden.extra", "not in the JSON"),
                shape(ClassShapes.NoConstructor.class, "NoConstructor", "constructor"),
                shape(ClassShapes.Inner.class, "Inner"),
                shape(ClassShapes.SqlTimestamp.class, "SqlTimestamp.at", "java.sql.Timestamp", "Instant"),
                shape(ClassShapes.SqlDateList.class, "SqlDateList.days", "java.sql.Date"),
                shape(ClassShapes.WithCalendar.class, "WithCalendar.at", "zone"),
                shape(ClassShapes.WithPattern.class, "WithPattern.pattern", "flags"),
                shape(ClassShapes.WithAddress.class, "WithAddress.from"),
                shape(ClassShapes.WithClass.class, "WithClass.type"),
                shape(ClassShapes.WithStream.class, "WithStream.in"),
                shape(ClassShapes.WithThread.class, "WithThread.thread"),
                shape(ClassShapes.WithException.class, "WithException.failure"),
                shape(ClassShapes.OpenMember.class, "OpenMember.shape", "@JsonSubTypes"),
                shape(ClassShapes.ClassNames.class, "ClassNames.value"),
                shape(ClassShapes.ClassNamesOfMember.class, "ClassNamesOfMember"),
                shape(ClassShapes.HalfDeclared.class, "HalfDeclared.half", "Forgotten"),
                shape(ClassShapes.BadValue.class, "BadValue.price", "@JsonValue"),
                shape(ClassShapes.DeserializerOnly.class, "DeserializerOnly.code", "deserializer"),
                shape(ClassShapes.OneSidedEnum.class, "OneSidedEnum.shout", "LOUD"),
                shape(ClassShapes.AnyGetterOnly.class, "@JsonAnyGetter"),
                shape(ClassShapes.CollectionWithState.class, "CollectionWithState.basket", "owner"),
                shape(ClassShapes.WithTree.class, "ClassShapes$WithTree"),
                shape(ClassShapes.Nested.class, "ReadOnlyComponent.id", "ClassShapes$Nested"));
    }

    /** What a command may have, since it need not be read from JSON. */
    static Stream<Arguments> refusedUnlessCommand() {
        return Stream.of(
                shape(ClassShapes.WithOptional.class, "WithOptional.note", "module"),
                shape(ClassShapes.SealedMember.class, "SealedMember.carrier", "@JsonSubTypes"),
                shape(ClassShapes.DeepSealed.class, "DeepSealed.carriers", "@JsonSubTypes"),
                shape(ClassShapes.SerializerOnly.class, "SerializerOnly.code", "serializer"),
                shape(ClassShapes.OptionalNumber.class, "OptionalNumber.count", "module"),
                shape(ClassShapes.RecordKeys.class, "RecordKeys"));
    }

    static Stream<Class<?>> allowed() {
        return Stream.of(
                ClassShapes.NoComponents.class,
                ClassShapes.Helpers.class,
                ClassShapes.Renamed.class,
                ClassShapes.NonNull.class,
                ClassShapes.Values.class,
                ClassShapes.Recursive.class,
                ClassShapes.WithId.class,
                ClassShapes.WithPair.class,
                ClassShapes.Paid.class,
                ClassShapes.Deduced.class,
                ClassShapes.ByMember.class,
                ClassShapes.Bean.class,
                ClassShapes.FieldBehindGetter.class,
                ClassShapes.KotlinLike.class,
                ClassShapes.OddlyNamed.class,
                ClassShapes.VisibleFields.class,
                ClassShapes.AnnotatedField.class,
                ClassShapes.Built.class,
                ClassShapes.IgnoredTotal.class,
                ClassShapes.Extras.class,
                ClassShapes.Unwrapped.class,
                ClassShapes.BothCodecs.class,
                ClassShapes.OneCodecOfJdkType.class,
                ClassShapes.NestedArray.class,
                ClassShapes.DefaultsOfBean.class);
    }

    @ParameterizedTest
    @MethodSource({"refused", "refusedUnlessCommand"})
    void refuses_class_that_json_does_not_hold(Class<?> type, String[] message) {
        for (MappingCheck.Use use : new MappingCheck.Use[] {MappingCheck.Use.EVENT, MappingCheck.Use.STATE}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> MappingCheck.require(use, type, MAPPER))
                    .withMessageContainingAll(message);
        }
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refuses_command_that_json_does_not_hold(Class<?> type, String[] message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MappingCheck.require(MappingCheck.Use.COMMAND, type, MAPPER))
                .withMessageContainingAll(message);
    }

    @ParameterizedTest
    @MethodSource("refusedUnlessCommand")
    void accepts_command_that_is_sent_as_object_only(Class<?> type, String[] message) {
        assertThatCode(() -> MappingCheck.require(MappingCheck.Use.COMMAND, type, MAPPER))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("allowed")
    void accepts_class_that_json_holds(Class<?> type) {
        for (MappingCheck.Use use : MappingCheck.Use.values()) {
            assertThatCode(() -> MappingCheck.require(use, type, MAPPER)).doesNotThrowAnyException();
        }
    }

    @EventType("Noted")
    record Noted(String text) implements DomainEvent {}

    static final class Notes extends AggregateRoot<Noted> {}

    static Stream<Class<?>> states() {
        return Stream.of(ClassShapes.HiddenWithDefault.class, ClassShapes.Computed.class, Integer.class);
    }

    @ParameterizedTest
    @MethodSource("states")
    void aggregate_type_refuses_state_that_json_does_not_hold(Class<?> state) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AggregateType.named("Notes", Noted.class, Notes::new)
                        .on(Noted.class, (notes, event) -> {})
                        .snapshot(state, notes -> null, (notes, saved) -> {})
                        .build())
                .withMessageContaining("the snapshot state " + state.getName());
    }

    sealed interface Order extends Command {}

    record Open(String aggregateId) implements Order {}

    abstract static class Draft implements Command {}

    record Upload(String aggregateId, InputStream content) implements Command {}

    static final class Unreadable implements Command {

        private final String id;

        Unreadable(String id, int ignored) {
            this.id = id;
        }

        @Override
        @JsonProperty
        public String aggregateId() {
            return id;
        }
    }

    record Late(
            String aggregateId,

            @JsonProperty(access = JsonProperty.Access.READ_ONLY)
            int days) implements Command {}

    @CommandType(value = "Renew", version = 3)
    record Renew(String aggregateId) implements Command {}

    private static <C extends Command> CommandBus.Builder handling(Class<C> type) {
        return CommandBus.builder().handling(type, (command, context) -> {
            throw new AssertionError("no command is sent");
        });
    }

    @Test
    void bus_refuses_command_type_that_no_command_has() {
        for (Class<? extends Command> type : List.of(Order.class, Draft.class, Command.class)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> handling(type))
                    .withMessageContaining(type.getName())
                    .withMessageContaining("register each concrete subclass");
        }
        assertThatCode(() -> handling(Open.class).build()).doesNotThrowAnyException();
    }

    @Test
    void bus_refuses_command_that_jackson_cannot_read() {
        for (Class<? extends Command> type : List.of(Upload.class, Unreadable.class, Late.class)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> handling(type).build())
                    .withMessageContaining("the command " + type.getName());
        }
    }

    @Test
    void bus_refuses_command_version_without_upcasters() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> handling(Renew.class).build())
                .withMessageContaining("Renew version 3");
        assertThatCode(() -> handling(Renew.class)
                        .upcasters(Upcaster.of("Renew", 1, json -> json), Upcaster.of("Renew", 2, json -> json))
                        .build())
                .doesNotThrowAnyException();
    }

    @Test
    void record_is_written_by_its_components_only() throws Exception {
        String json = MAPPER.writeValueAsString(new ClassShapes.Helpers("Ada", true));

        assertThat(json).isEqualTo("{\"name\":\"Ada\",\"open\":true}");
        assertThat(MAPPER.readValue(json, ClassShapes.Helpers.class)).isEqualTo(new ClassShapes.Helpers("Ada", true));
    }

    @Test
    void declared_subtype_is_deduced() throws Exception {
        for (ClassShapes.Parcel parcel : List.of(new ClassShapes.Box(3), new ClassShapes.Envelope("C4"))) {
            ClassShapes.Deduced event = new ClassShapes.Deduced(parcel);

            String json = MAPPER.writeValueAsString(event);

            assertThat(MAPPER.readValue(json, ClassShapes.Deduced.class)).isEqualTo(event);
        }
    }
}
