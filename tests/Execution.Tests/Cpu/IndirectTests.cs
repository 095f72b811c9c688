using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Tests.Cpu;

/// <summary>Kernels that go where ids in memory say. The ids drawn for them are 0 to 4.</summary>
public class IndirectTests
{
    private const int Drawn = 5;

    public static TheoryData<bool> ElementTypes { get; } = new() { false, true };

    [Theory, MemberData(nameof(ElementTypes))]
    public void Entries_of_a_table_by_vectors(bool float64) => KernelChecks.CheckAll(float64, from width in new[] { 1, 3, 8, 17, 33 } select Gather(width, Row(width), width > 1), 4);

    [Theory, MemberData(nameof(ElementTypes))]
    public void Entries_of_a_table_whose_panels_cut_the_entries_or_what_they_hold(bool float64)
    {
        int width = ContractionTests.PanelWidth(float64);
        var entries = new Access(0, new[] { 0, 0, width }, PanelWidth: width, PanelStride: 3 * width, Id: new Indirection(Ids(2), 0, IsPanelled: true));
        var held = new Access(0, new[] { 0, 0, 1 }, PanelAxis: 2, PanelWidth: width, PanelStride: Drawn * width, Id: new Indirection(Ids(2), width, IsPanelled: false));
        KernelChecks.CheckAll(float64, [Gather(3, entries, false), Gather(width + 2, held, false)], 4);
    }

    [Theory, MemberData(nameof(ElementTypes))]
    public void Rows_of_entries_by_vectors(bool float64) => KernelChecks.CheckAll(float64, from width in new[] { 2, 9, 40 } select Normalized(width), 8);

    [Theory, MemberData(nameof(ElementTypes))]
    public void Sums_by_id_over_shards(bool float64) => KernelChecks.CheckAll(float64,
        [Scatter(Drawn, 1, 3), Scatter(Drawn, 6, 1), Scatter(Drawn + 4, 9, 4), Scatter(Drawn, 5, 3, padded: 2)], 32, [1, 4, 5, 7, 12]);

    /// <summary>Equal bits for the same rows in shards of another size: a sum's order is that of the rows.</summary>
    [Fact]
    public void The_size_of_the_shards_changes_no_bit()
    {
        var test = Scatter(Drawn, 6, 3);
        var printed = PrintedKernels.Of(float64: false, test.Kernel).Call(0, Form.Plain);
        const int Rows = 11;
        float[] values = [.. Enumerable.Range(0, Rows * 3 * 6).Select(i => MathF.Sin(i) * MathF.Pow(10, i % 7))];
        int[] ids = [.. Enumerable.Range(0, Rows * 3).Select(i => i * i % Drawn)];
        float[] Run(int shardRows)
        {
            float[] result = new float[Drawn * 6];
            nint rowLength = shardRows;
            printed([values, ids, result, new int[Rows * 3], new int[Drawn]], new int[5], [rowLength * 18, rowLength * 3, 0, rowLength * 3, 0], Rows, shardRows, 1);
            return result;
        }
        float[] together = Run(Rows);
        Assert.Contains(together, value => value != 0);
        foreach (int shardRows in new[] { 1, 2, 4, 5 }) Assert.Equal(together, Run(shardRows));
    }

    /// <summary>Magnitudes from 1 to 10⁶: any other order of a sum rounds otherwise.</summary>
    [Fact]
    public void A_sum_adds_in_the_order_of_rows_and_positions()
    {
        var test = Scatter(Drawn, 1, 3);
        const int Rows = 41;
        float[] values = [.. Enumerable.Range(0, Rows * 3).Select(i => MathF.Sin(i) * MathF.Pow(10, i % 7))];
        int[] ids = [.. Enumerable.Range(0, Rows * 3).Select(i => i * i % Drawn)];
        float[] forwards = new float[Drawn], backwards = new float[Drawn], actual = new float[Drawn];
        for (int i = 0; i < ids.Length; i++) forwards[ids[i]] += values[i] * values[i];
        for (int i = ids.Length - 1; i >= 0; i--) backwards[ids[i]] += values[i] * values[i];
        PrintedKernels.Of(float64: false, test.Kernel).Call(0, Form.Plain)([values, ids, actual, new int[Rows * 3], new int[Drawn]], new int[5], [5 * 3, 5 * 3, 0, 5 * 3, 0], Rows, 5, 1);
        Assert.Equal(Array.ConvertAll(forwards, sum => 2 * sum), actual);
        Assert.NotEqual(Array.ConvertAll(backwards, sum => 2 * sum), actual);
    }

    private static Access Ids(int width) => new(1, new[] { width, 1, 0 });

    private static Access Row(int width) => new(0, new[] { 0, 0, 1 }, Id: new Indirection(Ids(2), width, IsPanelled: false));

    /// <summary>Two ids a row, and something of the position added to what they name.</summary>
    private static KernelCase Gather(int width, Access table, bool hasTemplate)
    {
        Access position = new(2, new[] { 0, width, 1 }), result = new(3, new[] { 2 * width, width, 1 });
        var body = new KernelBody(new[] { table, position, result },
            new[] { new BodyInstruction(BodyOp.Load, A: 0), new(BodyOp.Load, A: 1), ContractionTests.Apply(ScalarOp.Add, 0, 1) }, new[] { new BodyStore(2, 2) });
        int length = table.Id!.IsPanelled ? table.PanelStride : table.PanelAxis >= 0 ? 2 * table.PanelStride : Drawn * width;
        return new KernelCase(new MapKernel(Buffers(4), new[] { Extent.Rows, Extent.Of(2), Extent.Of(width) }, body),
            rows => [length, rows * 2, 2 * width, rows * 2 * width], HasTemplate: hasTemplate);
    }

    /// <summary>Entries minus their mean.</summary>
    private static KernelCase Normalized(int width)
    {
        var body = new KernelBody(new[] { Row(width), new Access(2, new[] { 2 * width, width, 1 }) },
            new[]
            {
                new BodyInstruction(BodyOp.Load, A: 0), new(BodyOp.Reduce, A: 0, B: (int)ReduceKind.Sum), ContractionTests.Number(1.0 / width),
                ContractionTests.Apply(ScalarOp.Multiply, 1, 2), ContractionTests.Apply(ScalarOp.Subtract, 0, 3),
            }, new[] { new BodyStore(1, 4) });
        return new KernelCase(new RowKernel(Buffers(3), new[] { Extent.Rows, Extent.Of(2) }, width, body, EquatableArray<int>.Empty), rows => [Drawn * width, rows * 2, rows * 2 * width]);
    }

    /// <summary>Squares of values, added up by the ids of their positions; doubled at the end. With padding a row's positions don't lie side by side.</summary>
    private static KernelCase Scatter(int count, int width, int time, int padded = 0)
    {
        int row = time * (width + padded);
        Extent[] positions = time == 1 ? [Extent.Rows] : [Extent.Rows, Extent.Of(time)];
        int[] valueStrides = time == 1 ? [0, 1, row] : [0, 1, row, width + padded], idStrides = time == 1 ? [0, 0, time] : [0, 0, time, 1];
        var source = new KernelBody(new[] { new Access(0, valueStrides) },
            new[] { new BodyInstruction(BodyOp.Load, A: 0), ContractionTests.Apply(ScalarOp.Multiply, 0, 0) }, EquatableArray<BodyStore>.Empty);
        var epilogue = new KernelBody(new[] { new Access(2, new[] { width, 1 }) },
            new[] { new BodyInstruction(BodyOp.Accumulator), ContractionTests.Number(2), ContractionTests.Apply(ScalarOp.Multiply, 0, 1) }, new[] { new BodyStore(0, 2) });
        KernelBuffer result = new(false, false, true), scratch = new(true, false, true);
        var kernel = new ScatterKernel(new[] { new KernelBuffer(false, true, false), new KernelBuffer(true, true, false), result, scratch, scratch },
            count, new[] { Extent.Of(width) }, positions, new Access(1, idStrides), source, epilogue, List: 3, Ends: 4);
        return new KernelCase(kernel, rows => [(Math.Min(rows, 5) * row) - padded, Math.Min(rows, 5) * time, count * width, Math.Min(rows, 5) * time, count],
            [true, true, false, true, false], HasTemplate: false);
    }

    /// <summary>A table and ids; what else there is; the last is written.</summary>
    private static KernelBuffer[] Buffers(int count) => [.. Enumerable.Range(0, count).Select(i => new KernelBuffer(i == 1, i != 0, i == count - 1))];
}
