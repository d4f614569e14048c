package io.daybook.shapes;

import static io.daybook.shapes.ShapeCase.of;

import io.daybook.shapes.PolymorphicShapes.*;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The cases of {@link PolymorphicShapes}. */
final class PolymorphicCases {

    private PolymorphicCases() {}

    static List<ShapeCase> all() {
        return List.of(
                of(
                        PlainSealed.class,
                        () -> new PlainSealed(new Courier("x")),
                        () -> new PlainSealed(new Post("x")),
                        () -> new PlainSealed(null)),
                of(
                        PlainSealedList.class,
                        () -> new PlainSealedList(List.of(new Courier("x")), Map.of()),
                        () -> new PlainSealedList(List.of(new Post("x")), Map.of()),
                        () -> new PlainSealedList(List.of(), Map.of("a", new Post("x"))),
                        () -> new PlainSealedList(List.of(), Map.of("a", new Courier("x")))),
                of(
                        ByName.class,
                        () -> new ByName(
                                new Card("1"),
                                List.of(new Cash(), new Card("2")),
                                Map.of("a", new Cash()),
                                new Card("3")),
                        () -> new ByName(new Cash(), null, null, null),
                        () -> new ByName(null, Arrays.asList((Payment) null), Map.of(), null)),
                of(
                        ConcreteOfByName.class,
                        () -> new ConcreteOfByName(new Card("1"), new Cash(), new Card[] {new Card("1")}),
                        () -> new ConcreteOfByName(null, null, null)),
                of(
                        MissingSubtype.class,
                        () -> new MissingSubtype(new Known(1)),
                        () -> new MissingSubtype(new Unknown(1))),
                of(SameTypeName.class, () -> new SameTypeName(new TwinA(1)), () -> new SameTypeName(new TwinB(1))),
                of(
                        NestedSealed.class,
                        () -> new NestedSealed(new Rect(1), new Circle(1)),
                        () -> new NestedSealed(new Dot(), new Dot()),
                        () -> new NestedSealed(new Circle(1), null)),
                of(
                        ByDeduction.class,
                        () -> new ByDeduction(new Mail("a")),
                        () -> new ByDeduction(new Phone("a", 1)),
                        () -> new ByDeduction(new Mail(null)),
                        () -> new ByDeduction(null)),
                of(
                        AmbiguousDeduction.class,
                        () -> new AmbiguousDeduction(new Ham(1)),
                        () -> new AmbiguousDeduction(new Egg(1))),
                of(
                        DeductionOfPart.class,
                        () -> new DeductionOfPart(new Few("a")),
                        () -> new DeductionOfPart(new Many("a", "b")),
                        () -> new DeductionOfPart(new Many("a", null)),
                        () -> new DeductionOfPart(new Few(null))),
                of(
                        ExistingProperty.class,
                        () -> new ExistingProperty(new Cat("cat", 9)),
                        () -> new ExistingProperty(new Cow("cow")),
                        () -> new ExistingProperty(new Cow("cat")),
                        () -> new ExistingProperty(new Cat("lion", 1)),
                        () -> new ExistingProperty(new Cat(null, 1))),
                of(
                        ExternalProperty.class,
                        () -> new ExternalProperty(new Diesel(1), "a"),
                        () -> new ExternalProperty(new Steam(1), null),
                        () -> new ExternalProperty(null, "a")),
                of(
                        WrapperObject.class,
                        () -> new WrapperObject(new Diesel(1), List.of(new Steam(1))),
                        () -> new WrapperObject(new Steam(1), List.of(new Diesel(1))),
                        () -> new WrapperObject(null, null)),
                of(TypeClash.class, () -> new TypeClash(new Typed("a")), () -> new TypeClash(new Typed("typed"))),
                of(DefaultImpl.class, () -> new DefaultImpl(new Usual(1)), () -> new DefaultImpl(new Other(1))),
                of(TypeByClass.class, () -> new TypeByClass(new Classy(1))),
                of(TypeByMinimalClass.class, () -> new TypeByMinimalClass(new Tiny(1))),
                of(
                        TypeBySimpleName.class,
                        () -> new TypeBySimpleName(new Left(1)),
                        () -> new TypeBySimpleName(new Right(1))),
                of(TypedTop.class, () -> new TypedTop("a")),
                of(
                        GenericSealed.class,
                        () -> new GenericSealed(new Good<>(Long.MAX_VALUE)),
                        () -> new GenericSealed(new Bad<>("x")),
                        () -> new GenericSealed(new Good<>(1L))),
                of(AbstractClass.class, () -> new AbstractClass(Bike.of(2))),
                of(LambdaMember.class, () -> new LambdaMember(null)),
                of(OpenInterface.class, () -> new OpenInterface(OpenInterface.anonymous("a"))),
                of(
                        Colors.class,
                        () -> new Colors(
                                Color.RED, Renamed.A, WithDefaultValue.A, Valued.ONE, Arrays.asList(Color.GREEN, null)),
                        () -> new Colors(Color.GREEN, Renamed.B, WithDefaultValue.B, Valued.TWO, List.of()),
                        () -> new Colors(null, null, null, null, null)),
                of(
                        EnumKeys.class,
                        () -> new EnumKeys(
                                Map.of(Color.GREEN, 1),
                                new EnumMap<>(Map.of(Renamed.A, "a", Renamed.B, "b")),
                                EnumSet.allOf(Color.class),
                                EnumSet.of(Color.GREEN)),
                        () -> new EnumKeys(
                                Map.of(), new EnumMap<>(Renamed.class), EnumSet.noneOf(Color.class), Set.of())),
                of(ValuedKeys.class, () -> new ValuedKeys(Map.of(Valued.ONE, "a", Valued.TWO, "b"))),
                of(TwinConstants.class, () -> new TwinConstants(SameNames.A), () -> new TwinConstants(SameNames.B)),
                of(TwinValues.class, () -> new TwinValues(SameValues.ONE), () -> new TwinValues(SameValues.UNO)),
                of(NumberedEnum.class, () -> new NumberedEnum(Numbered.A), () -> new NumberedEnum(Numbered.B)),
                of(ObjectEnum.class, () -> new ObjectEnum(Objects.A)),
                of(EnumTop.class, () -> EnumTop.A),
                of(
                        SealedWithEnum.class,
                        () -> new SealedWithEnum(Metric.METER),
                        () -> new SealedWithEnum(new Custom("a"))),
                of(
                        BoundedGeneric.class,
                        () -> new BoundedGeneric(List.of(new Card("1"), new Cash()), new Holder<>(new Card("2"))),
                        () -> new BoundedGeneric(null, new Holder<>(null))));
    }
}
