package io.daybook.shapes;

import static io.daybook.shapes.ShapeCase.of;

import io.daybook.shapes.RecordShapes.*;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The cases of {@link RecordShapes}. */
final class RecordCases {

    private static final String ODD = "😀\u200d\u202e\u2028\u0000\ufeff\uffff\u00e9e\u0301 \"\\/<>&";

    private RecordCases() {}

    static List<ShapeCase> all() {
        return List.of(
                of(Nothing.class, Nothing::new),
                of(
                        Primitives.class,
                        () -> new Primitives(
                                Byte.MIN_VALUE,
                                Short.MIN_VALUE,
                                Integer.MIN_VALUE,
                                Long.MIN_VALUE,
                                Float.MIN_VALUE,
                                Double.MIN_VALUE,
                                '\0',
                                true),
                        () -> new Primitives(
                                Byte.MAX_VALUE,
                                Short.MAX_VALUE,
                                Integer.MAX_VALUE,
                                Long.MAX_VALUE,
                                Float.MAX_VALUE,
                                Double.MAX_VALUE,
                                '\uffff',
                                false),
                        () -> new Primitives((byte) 0, (short) 0, 0, (1L << 53) + 1, Float.NaN, Double.NaN, 'a', false),
                        () -> new Primitives(
                                (byte) 0,
                                (short) 0,
                                0,
                                0,
                                Float.NEGATIVE_INFINITY,
                                Double.POSITIVE_INFINITY,
                                'é',
                                false),
                        () -> new Primitives((byte) 0, (short) 0, 0, 0, -0.0f, -0.0, 'z', false),
                        () -> new Primitives((byte) 0, (short) 0, 0, 0, 0.0f, 0.0, 'z', false),
                        () -> new Primitives((byte) 0, (short) 0, 0, 0, 0.1f, 1e22, 'z', false),
                        () -> new Primitives((byte) 0, (short) 0, 0, 0, 16777217f, 123456789012345680.0, 'z', false),
                        () -> new Primitives(
                                (byte) 0, (short) 0, 0, 0, 1.17549435E-38f, 2.2250738585072014E-308, 'z', false),
                        () -> new Primitives((byte) 0, (short) 0, 0, 0, 0, 0, '\ud800', false)),
                of(
                        Boxes.class,
                        () -> new Boxes(null, null, null, null, null, null, null, null),
                        () -> new Boxes((byte) 1, (short) 2, 3, 4L, 5f, 6.0, ' ', true),
                        () -> new Boxes((byte) 1, (short) 2, 3, Long.MAX_VALUE, Float.NaN, -0.0, '"', false)),
                of(
                        Text.class,
                        () -> new Text(null),
                        () -> new Text(""),
                        () -> new Text(" "),
                        () -> new Text(ODD),
                        () -> new Text("null"),
                        () -> new Text("\ud83d"),
                        () -> new Text("a\ude00b"),
                        () -> new Text("x".repeat(100_000))),
                of(Trimmed.class, () -> new Trimmed(" a "), () -> new Trimmed("b")),
                of(Titled.class, () -> new Titled("A")),
                of(Factory.class, () -> new Factory("a", "b"), () -> new Factory(null, "a")),
                of(SwappedFactory.class, () -> new SwappedFactory("a", "b"), () -> new SwappedFactory("a", "a")),
                of(Renamed.class, () -> new Renamed("1", "2", "3"), () -> new Renamed("2", "1", "3")),
                of(CrossedAlias.class, () -> new CrossedAlias("1", "2")),
                of(Helpers.class, () -> new Helpers("a", true), () -> new Helpers("b", false)),
                of(
                        OddNames.class,
                        () -> new OddNames("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", true, "11", "12")),
                of(Snake.class, () -> new Snake("a", 1, "b")),
                of(SnakeClash.class, () -> new SnakeClash("a", "b")),
                of(LowerClash.class, () -> new LowerClash("a", "b")),
                of(
                        Tree.class,
                        () -> new Tree("a", null),
                        () -> new Tree("a", List.of(new Tree("b", List.of()), new Tree(null, List.of()))),
                        () -> Tree.deep(40),
                        () -> Tree.deep(51),
                        () -> Tree.deep(60),
                        () -> new Tree("a", Arrays.asList((Tree) null))),
                of(
                        Pairs.class,
                        () -> new Pairs(
                                new Pair<>("a", 1),
                                new Pair<>(
                                        new Pair<>(Long.MAX_VALUE, new Point(1, 2)),
                                        List.of(new Pair<>(RecordShapes.AT, (byte) 1)))),
                        () -> new Pairs(new Pair<>(null, null), null)),
                of(
                        RawPair.class,
                        () -> new RawPair(new Pair<>("a", 1)),
                        () -> new RawPair(new Pair<>(1L, new Point(1, 2)))),
                of(WildPair.class, () -> new WildPair(new Pair<>("a", new Point(1, 2)))),
                of(GenericTop.class, () -> new GenericTop<>("a")),
                of(GenericInterface.class, () -> new GenericInterface(new Point(1, 2))),
                of(Unwrapped.class, () -> new Unwrapped("a", new Point(1, 2)), () -> new Unwrapped("a", null)),
                of(
                        UnwrappedText.class,
                        () -> new UnwrappedText("a", new Place("s", new Point(1, 2))),
                        () -> new UnwrappedText("a", null),
                        () -> new UnwrappedText("a", new Place(null, null))),
                of(
                        UnwrappedTwice.class,
                        () -> new UnwrappedTwice(new Place("a", null), new Place("b", new Point(1, 2)))),
                of(UnwrappedClash.class, () -> new UnwrappedClash(1, new Point(2, 3))),
                of(
                        AnyRecord.class,
                        () -> AnyRecord.of("a", "b", "c", "", "e"),
                        () -> AnyRecord.of("a"),
                        () -> AnyRecord.of("a", "id", "b"),
                        () -> new AnyRecord("a", null),
                        () -> AnyRecord.of(null, "x", null)),
                of(
                        AnyMember.class,
                        () -> new AnyMember(new Extras(new LinkedHashMap<>(Map.of("a", "b")))),
                        () -> new AnyMember(new Extras(new LinkedHashMap<>())),
                        () -> new AnyMember(null)),
                of(
                        WithoutNulls.class,
                        () -> new WithoutNulls(null, null, null),
                        () -> new WithoutNulls("", List.of(), new Point(0, 0))),
                of(WithoutEmpties.class, () -> new WithoutEmpties("", List.of())),
                of(WithoutDefaults.class, () -> new WithoutDefaults(0, 0, "")),
                of(WithoutAbsent.class, () -> new WithoutAbsent(null, 0), () -> new WithoutAbsent("", null)),
                of(CustomInclude.class, () -> new CustomInclude("secret")),
                of(ContentNotNull.class, () -> new ContentNotNull(Map.of())),
                of(DayOnly.class, () -> new DayOnly(new Date(0)), () -> new DayOnly(new Date(1))),
                of(
                        DayOnlyLocal.class,
                        () -> new DayOnlyLocal(LocalDate.of(2026, 1, 2)),
                        () -> new DayOnlyLocal(LocalDate.of(1926, 1, 2))),
                of(SecondsOnly.class, () -> new SecondsOnly(Instant.EPOCH), () -> new SecondsOnly(RecordShapes.AT)),
                of(MillisOnly.class, () -> new MillisOnly(Instant.EPOCH), () -> new MillisOnly(RecordShapes.AT)),
                of(
                        NumbersAsText.class,
                        () -> new NumbersAsText(1, 2L, 0.5),
                        () -> new NumbersAsText(1, null, Double.NaN),
                        () -> new NumbersAsText(1, Long.MAX_VALUE, -0.0)),
                of(TruthAsNumber.class, () -> new TruthAsNumber(true), () -> new TruthAsNumber(false)),
                of(
                        ArrayMember.class,
                        () -> new ArrayMember(new Corner(1, 2), new Point(3, 4)),
                        () -> new ArrayMember(null, new Point(3, 4))),
                of(ArrayTop.class, () -> new ArrayTop(1)),
                of(
                        SingleUnwrapped.class,
                        () -> new SingleUnwrapped(List.of("a", "b")),
                        () -> new SingleUnwrapped(List.of("a"))),
                of(
                        SingleBoth.class,
                        () -> new SingleBoth(List.of(List.of("a"))),
                        () -> new SingleBoth(List.of(List.of("a"), List.of("b"))),
                        () -> new SingleBoth(List.of(List.of())),
                        () -> new SingleBoth(List.of())),
                of(SortedEntries.class, () -> new SortedEntries(new LinkedHashMap<>(Map.of("a", 1))), () -> {
                    LinkedHashMap<String, Integer> map = new LinkedHashMap<>();
                    map.put("b", 1);
                    map.put("a", 2);
                    return new SortedEntries(map);
                }),
                of(WriterOnly.class, () -> new WriterOnly(new Point(1, 2))),
                of(WriterOfNumber.class, () -> new WriterOfNumber(Long.MAX_VALUE)),
                of(Rounded.class, () -> new Rounded(1.0), () -> new Rounded(1.4)),
                of(
                        RoundedContent.class,
                        () -> new RoundedContent(List.of(1.0)),
                        () -> new RoundedContent(List.of(1.4))),
                of(WrittenAsParent.class, () -> new WrittenAsParent(Derived.of("b"))),
                of(Viewed.class, () -> new Viewed("a", "b")),
                of(IgnoresProperty.class, () -> new IgnoresProperty("a", "b")),
                of(IgnoresInMember.class, () -> new IgnoresInMember(new Point(1, 2))),
                of(IgnoresInList.class, () -> new IgnoresInList(List.of(new Point(1, 2)))),
                of(IgnoredType.class, () -> new IgnoredType("a", new Hidden("b"))),
                of(IgnoredComponent.class, () -> new IgnoredComponent("a", "b")),
                of(ReadOnly.class, () -> new ReadOnly("a", "b")),
                of(WriteOnly.class, () -> new WriteOnly("a", "b")),
                of(RawJson.class, () -> new RawJson("{\"a\":1}"), () -> new RawJson("\"a\"")),
                of(NullAsEmpty.class, () -> new NullAsEmpty(List.of(), "a"), () -> new NullAsEmpty(null, "a")),
                of(
                        NullsSkipped.class,
                        () -> new NullsSkipped(List.of("a")),
                        () -> new NullsSkipped(RecordShapes.listWithNulls())),
                of(NullsRefused.class, () -> new NullsRefused("a"), () -> new NullsRefused(null)),
                of(
                        EmptyAsNull.class,
                        () -> new EmptyAsNull(new String[] {"a"}),
                        () -> new EmptyAsNull(new String[0]),
                        () -> new EmptyAsNull(null)),
                of(NullIfEmpty.class, () -> new NullIfEmpty(null), () -> new NullIfEmpty(List.of("a"))),
                of(SecondConstructor.class, () -> new SecondConstructor("a"), () -> new SecondConstructor("a", 2)),
                of(CreatorOfPart.class, () -> new CreatorOfPart("a", 1), () -> new CreatorOfPart("a", 2)),
                of(DelegatingRecord.class, () -> new DelegatingRecord("a", 1), () -> new DelegatingRecord(null, 2)),
                of(AccessorOther.class, () -> new AccessorOther("a", new byte[] {1, -1})));
    }
}
