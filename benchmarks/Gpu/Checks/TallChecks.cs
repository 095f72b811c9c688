using DlGen.Gpu.Models;

namespace DlGen.Gpu.Checks;

/// <summary>
/// Kernels on buffers beyond 2^31 bytes, with odd numbers of rows. The last rows, which lie behind that border, are other than the rest and pull the other way, so that an address which is cut off shows in every
/// sum. What is compared is the gradient: a step of the learning rate 1.
/// </summary>
internal static class TallChecks
{
    /// <summary>
    /// Sums in which so many rows cancel: those of the processor, in float, are off by up to 3e-2 of the largest where doubles tell (a table's rows that many ids read), the device's, which adds in
    /// many parts, by 2e-5. An address that is cut off errs by the order of 1.
    /// </summary>
    private const double Bound = 5e-2;
    private const long Border = 1L << 31;

    public static IEnumerable<Check> All()
    {
        yield return new Check("rows of 1001, 560,001", CheckSize.Tall, Bound, Rows);
        yield return new Check("products of 600,001 rows", CheckSize.Tall, Bound, Products);
        yield return new Check("17,777 images", CheckSize.Tall, Bound, Images);
        yield return new Check("19 million ids", CheckSize.Tall, Bound, Ids);
    }

    private static void Rows(Findings findings)
    {
        const int rows = 560_001;
        float[] x = Samples.Floats(1, rows * 1001), y = Targets(rows, 3, (int)(Border / (1001 * sizeof(float))));
        Squash(x, 1001, (int)(Border / (1001 * sizeof(float))));
        Compare(findings, () => new TallRows(3), model => model.OnCuda(), (model, optimizer) => model.TrainBatch(x, y, optimizer), (gpu, optimizer) => gpu.TrainBatch(x, y, optimizer));
    }

    private static void Products(Findings findings)
    {
        const int rows = 600_001, last = (int)(Border / (1000 * sizeof(float)));
        float[] x = Samples.Floats(1, rows * 17), y = Targets(rows, 7, last);
        Squash(x, 17, last);
        Compare(findings, () => new TallProducts(3), model => model.OnCuda(), (model, optimizer) => model.TrainBatch(x, y, optimizer), (gpu, optimizer) => gpu.TrainBatch(x, y, optimizer));
    }

    private static void Images(Findings findings)
    {
        const int rows = 17_777, last = (int)(Border / (32 * 31 * 31 * sizeof(float)));
        byte[] x = Samples.Bytes(1, rows * 3 * 33 * 33);
        x.AsSpan(last * 3 * 33 * 33).Fill(200);
        float[] y = Targets(rows, 2, last);
        Compare(findings, () => new TallImages(3), model => model.OnCuda(), (model, optimizer) => model.TrainBatch(x, y, optimizer), (gpu, optimizer) => gpu.TrainBatch(x, y, optimizer));
    }

    private static void Ids(Findings findings)
    {
        const int rows = 300_001, last = (int)(Border / (TallIds.Context * 32 * sizeof(float)));
        int[] ids = Samples.Ints(1, rows * TallIds.Context, TallIds.Vocabulary - 3);
        ids.AsSpan(last * TallIds.Context).Fill(TallIds.Vocabulary - 1);
        float[] y = Targets(rows, 2, last);
        Compare(findings, () => new TallIds(3), model => model.OnCuda(), (model, optimizer) => model.TrainBatch(ids, y, optimizer), (gpu, optimizer) => gpu.TrainBatch(ids, y, optimizer));
    }

    /// <summary>1 for the rows before the border, and so far the other way behind it that the two weigh the same.</summary>
    private static float[] Targets(int rows, int perRow, int last)
    {
        var targets = new float[rows * perRow];
        targets.AsSpan().Fill(1);
        targets.AsSpan(last * perRow).Fill(-(float)last / (rows - last));
        return targets;
    }

    /// <summary>Behind the border all rows are one.</summary>
    private static void Squash(float[] x, int perRow, int last)
    {
        for (int row = last; row < x.Length / perRow; row++) x.AsSpan(0, perRow).CopyTo(x.AsSpan(row * perRow, perRow));
    }

    private static void Compare<TModel, TGpu>(
        Findings findings, Func<TModel> create, Func<TModel, TGpu> onDevice, Func<TModel, Optimizer, float> here, Func<TGpu, Optimizer, float> there)
        where TModel : IModel, Compiled.ITrainable
        where TGpu : Compiled.ITrainable, IDisposable
    {
        using var pair = Pair.Of(findings, create, onDevice);
        var before = Findings.Snapshot(((IModel)pair.Here).Parameters);
        findings.CompareLosses([here(pair.Here, Optimizer.Sgd(1))], [there(pair.Gpu, Optimizer.Sgd(1))]);
        pair.Gpu.Synchronize();
        findings.CompareChanges(before, ((IModel)pair.Here).Parameters, ((IModel)pair.There).Parameters);
    }
}
