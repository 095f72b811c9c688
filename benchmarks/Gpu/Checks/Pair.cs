using System.Numerics;
using DlGen.Compiled;

namespace DlGen.Gpu.Checks;

/// <summary>Two equal models, one that stays on the processor and one that is on a device.</summary>
internal sealed class Pair<TModel, TGpu> : IDisposable
    where TModel : IModel, ITrainable
    where TGpu : ITrainable, IDisposable
{
    private readonly Findings findings;

    public Pair(Findings findings, Func<TModel> create, Func<TModel, TGpu> onDevice)
    {
        this.findings = findings;
        (Here, There) = (create(), create());
        Gpu = onDevice(There);
    }

    public TModel Here { get; }

    /// <summary>The model that <see cref="Gpu"/> is of.</summary>
    public TModel There { get; }

    public TGpu Gpu { get; }

    /// <summary>Trains both, and compares the losses of the epochs and what they leave behind.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="options">Makes the options, once for each: an optimizer has a state.</param>
    public void Train(Dataset data, Func<TrainingOptions> options)
    {
        TrainingHistory here = Trainer.Train(Here, data, options(), CancellationToken.None), there = Trainer.Train(Gpu, data, options(), CancellationToken.None);
        findings.CompareLosses([.. here.Epochs.Select(epoch => epoch.Loss)], [.. there.Epochs.Select(epoch => epoch.Loss)]);
        CompareParameters();
    }

    /// <summary>Steps of both one after the other, and compares their losses and what they leave behind.</summary>
    /// <param name="steps">How many.</param>
    /// <param name="optimizer">Makes the optimizer, once for each: it has a state.</param>
    /// <param name="here">A step of the model.</param>
    /// <param name="there">The same step on the device.</param>
    public void Step<T>(int steps, Func<Optimizer> optimizer, Func<TModel, Optimizer, T> here, Func<TGpu, Optimizer, T> there)
        where T : struct, IConvertible
    {
        Optimizer ofModel = optimizer(), ofGpu = optimizer();
        Step(steps, () => here(Here, ofModel), () => there(Gpu, ofGpu));
    }

    /// <summary>The same with optimizers of the caller's.</summary>
    public void Step<T>(int steps, Func<T> here, Func<T> there)
        where T : struct, IConvertible
    {
        double[] expected = new double[steps], actual = new double[steps];
        for (int step = 0; step < steps; step++) (expected[step], actual[step]) = (here().ToDouble(null), there().ToDouble(null));
        findings.CompareLosses(expected, actual);
        CompareParameters();
    }

    /// <summary>Predicts with both, and compares the outputs.</summary>
    public void Predict<T>(Func<TModel, T[]> here, Func<TGpu, T[]> there)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => findings.CompareOutputs<T>("predictions", here(Here), there(Gpu));

    public void CompareParameters()
    {
        Gpu.Synchronize();
        findings.CompareParameters(((IModel)Here).Parameters, ((IModel)There).Parameters);
    }

    public void Dispose() => Gpu.Dispose();
}

internal static class Pair
{
    /// <summary>A pair whose types the compiler finds.</summary>
    public static Pair<TModel, TGpu> Of<TModel, TGpu>(Findings findings, Func<TModel> create, Func<TModel, TGpu> onDevice)
        where TModel : IModel, ITrainable
        where TGpu : ITrainable, IDisposable
        => new(findings, create, onDevice);
}
