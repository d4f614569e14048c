package io.daybook.shapes;

import static io.daybook.shapes.ShapeCase.of;

import io.daybook.shapes.CreatorShapes.*;
import io.daybook.shapes.PojoShapes.*;
import io.daybook.shapes.RecordShapes.Point;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The cases of {@link PojoShapes} and {@link CreatorShapes}. */
final class PojoCases {

    private PojoCases() {}

    static List<ShapeCase> all() {
        return List.of(
                of(
                        Bean.class,
                        () -> Bean.of("a", true, List.of("x")),
                        () -> Bean.of(null, false, null),
                        () -> Bean.of("", false, RecordShapes.listWithNulls())),
                of(PublicFields.class, () -> PublicFields.of("a", new Point(1, 2)), () -> PublicFields.of(null, null)),
                of(FinalPublic.class, FinalPublic::new, () -> new FinalPublic("b"), () -> new FinalPublic(null)),
                of(NoGetters.class, NoGetters::new),
                of(SetterOnly.class, SetterOnly::new),
                of(GetterOnly.class, GetterOnly::new),
                of(ComputedGetter.class, ComputedGetter::new),
                of(ListByGetter.class, () -> ListByGetter.of("a", null, "b"), () -> ListByGetter.of()),
                of(ListViewByGetter.class, () -> ListViewByGetter.of("a"), () -> ListViewByGetter.of()),
                of(
                        MaskedGetter.class,
                        () -> MaskedGetter.of("1234567"),
                        () -> MaskedGetter.of("9994567"),
                        () -> MaskedGetter.of(null)),
                of(AddingSetter.class, () -> AddingSetter.of(), () -> AddingSetter.of("a")),
                of(Child.class, () -> Child.of("a", 1), () -> Child.of(null, 0)),
                of(HidingChild.class, () -> HidingChild.of("a", "b"), () -> HidingChild.of("b", "b")),
                of(ChildOfSilent.class, ChildOfSilent::new),
                of(PrivateNoArgs.class, () -> new PrivateNoArgs("a"), () -> new PrivateNoArgs(null)),
                of(
                        KotlinLike.class,
                        () -> new KotlinLike("a", true, List.of(new Point(1, 2))),
                        () -> new KotlinLike(null, false, null)),
                of(KotlinUnannotated.class, () -> new KotlinUnannotated("a")),
                of(ConstructorNames.class, () -> new ConstructorNames("a", 1)),
                of(Singleton.class, () -> Singleton.INSTANCE),
                of(
                        LombokBuilt.class,
                        () -> LombokBuilt.builder().build(),
                        () -> LombokBuilt.builder().a(null).tags(null).build()),
                of(ForgetfulBuilt.class, () -> new ForgetfulBuilt("a", "b")),
                of(Fluent.class, () -> new Fluent().a("a").p(new Point(1, 2)), Fluent::new),
                of(FluentOnly.class, () -> new FluentOnly().a("a")),
                of(LombokNames.class, () -> LombokNames.of("a", "b", true), () -> LombokNames.of(null, null, null)),
                of(
                        MapDelegate.class,
                        () -> new MapDelegate(CreatorCasesHelp.counts("b", 1, "a", 2)),
                        () -> new MapDelegate(Map.of()),
                        () -> new MapDelegate(null)),
                of(TextDelegate.class, () -> new TextDelegate("a")),
                of(
                        SkuMember.class,
                        () -> new SkuMember(new Sku("a"), List.of(new Sku(""), new Sku("b"))),
                        () -> new SkuMember(new Sku(null), null),
                        () -> new SkuMember(null, null)),
                of(
                        SkuKeys.class,
                        () -> new SkuKeys(Map.of(new Sku("a"), 1, new Sku(""), 2)),
                        () -> new SkuKeys(Map.of())),
                of(
                        UpperSkuMember.class,
                        () -> new UpperSkuMember(new UpperSku("A")),
                        () -> new UpperSkuMember(new UpperSku("a"))),
                of(ValueOnlyMember.class, () -> new ValueOnlyMember(new ValueOnly("a", "b"))),
                of(
                        PartValueMember.class,
                        () -> new PartValueMember(new PartValue("a", "")),
                        () -> new PartValueMember(new PartValue("a", "b"))),
                of(MoneyMember.class, () -> new MoneyMember(new Money(1)), () -> new MoneyMember(null)),
                of(MoneyKeys.class, () -> new MoneyKeys(Map.of(new Money(1), "a", new Money(2), "b"))),
                of(
                        PointKeys.class,
                        () -> new PointKeys(Map.of(new Point(1, 2), "a")),
                        () -> new PointKeys(Map.of(new Point(1, 3), "a"))),
                of(
                        AnyPojo.class,
                        () -> AnyPojo.of("a", "b", "c"),
                        () -> AnyPojo.of("a", "id", "c"),
                        () -> AnyPojo.of("a", "n", 5L),
                        () -> AnyPojo.of(null, "", null),
                        () -> AnyPojo.of("a", "b", List.of(1, "x"))),
                of(AnyGetterOnly.class, AnyGetterOnly::new),
                of(AnySetterOnly.class, AnySetterOnly::new),
                of(AnyIgnoring.class, () -> AnyIgnoring.of("a", "b"), () -> AnyIgnoring.of("hidden", "b")),
                of(
                        BackReferences.class,
                        () -> new BackReferences(Person.of("a", "cat", "dog")),
                        () -> new BackReferences(Person.of("a")),
                        () -> new BackReferences(Person.ofStrayPet("cat")),
                        () -> new BackReferences(null)),
                of(
                        Graph.class,
                        () -> new Graph(Node.of("a"), Node.of("b", Node.of("c"))),
                        Graph::shared,
                        Graph::sameId,
                        () -> new Graph(Node.loop(), null),
                        () -> new Graph(Node.of(null), Node.of(null))),
                of(
                        SharedMembers.class,
                        () -> new SharedMembers(Counted.of("a"), Counted.of("a")),
                        () -> SharedMembers.same("a"),
                        () -> new SharedMembers(null, null)),
                of(AlwaysAsId.class, () -> new AlwaysAsId(new ById())),
                of(FilteredMember.class, () -> new FilteredMember(new Filtered("a", "b"))),
                of(Injected.class, Injected::new),
                of(HoldsInner.class, () -> new HoldsInner(null)),
                of(
                        OpenClass.class,
                        () -> new OpenClass(Animal.of("a"), List.of()),
                        () -> new OpenClass(Dog.of("a", 3), List.of()),
                        () -> new OpenClass(Dog.of("a", 4), null),
                        () -> new OpenClass(null, List.of(Dog.of("a", 1)))),
                of(PrimitiveSetter.class, () -> PrimitiveSetter.of(1), () -> PrimitiveSetter.of(null)),
                of(
                        NarrowSetter.class,
                        () -> NarrowSetter.of(1),
                        () -> NarrowSetter.of(Long.MAX_VALUE),
                        () -> NarrowSetter.of(1L << 40)),
                of(
                        UnwrappedPojo.class,
                        () -> UnwrappedPojo.of("a", Animal.of("b")),
                        () -> UnwrappedPojo.of("a", Animal.of(null)),
                        () -> UnwrappedPojo.of("a", null)),
                of(
                        TreeCreator.class,
                        () -> TreeCreator.of(new com.fasterxml.jackson.databind.ObjectMapper()
                                .createObjectNode()
                                .put("a", "x"))));
    }

    static final class CreatorCasesHelp {
        static Map<String, Integer> counts(String a, int x, String b, int y) {
            Map<String, Integer> map = new LinkedHashMap<>();
            map.put(a, x);
            map.put(b, y);
            return map;
        }
    }
}
