namespace DlGen.Benchmarks;

/// <summary>What a pass does after its forward pass: <c>Backward(outputGradient, parameters)</c>.</summary>
internal delegate void Backward(ReadOnlySpan<float> outputGradient, bool parameters);

/// <summary>
/// The gradients of a square Linear from a gradient by its output, after a forward pass that is not timed: by input and weight, and by the input alone. Ours also
/// adds up the bias's, and adds to what is there; PyTorch's two products overwrite. A pass is for one thread.
/// </summary>
internal static class LinearGradientWorkloads
{
    public static IReadOnlyList<Workload> All { get; } =
    [
        .. Both(64, null, Of64, ByHand<Size64>), .. Both(256, 0.9, Of256, ByHand<Size256>), .. Both(512, 0.9, Of512, ByHand<Size512>),
        .. Both(1024, 0.9, Of1024, ByHand<Size1024>), .. Both(100, null, Of100, null), .. Both(250, null, Of250, null),
    ];

    private static Prepared Of64(float[] inputs)
    {
        var model = new Linear64(seed: 1);
        var pass = model.CreatePass(64);
        pass.Forward(inputs);
        return new(model, pass.Backward, () => pass.InputGradient.ToArray());
    }

    private static Prepared Of100(float[] inputs)
    {
        var model = new Linear100(seed: 1);
        var pass = model.CreatePass(100);
        pass.Forward(inputs);
        return new(model, pass.Backward, () => pass.InputGradient.ToArray());
    }

    private static Prepared Of250(float[] inputs)
    {
        var model = new Linear250(seed: 1);
        var pass = model.CreatePass(250);
        pass.Forward(inputs);
        return new(model, pass.Backward, () => pass.InputGradient.ToArray());
    }

    private static Prepared Of256(float[] inputs)
    {
        var model = new Linear256(seed: 1);
        var pass = model.CreatePass(256);
        pass.Forward(inputs);
        return new(model, pass.Backward, () => pass.InputGradient.ToArray());
    }

    private static Prepared Of512(float[] inputs)
    {
        var model = new Linear512(seed: 1);
        var pass = model.CreatePass(512);
        pass.Forward(inputs);
        return new(model, pass.Backward, () => pass.InputGradient.ToArray());
    }

    private static Prepared Of1024(float[] inputs)
    {
        var model = new Linear1024(seed: 1);
        var pass = model.CreatePass(1024);
        pass.Forward(inputs);
        return new(model, pass.Backward, () => pass.InputGradient.ToArray());
    }

    private static IEnumerable<Workload> Both(int size, double? peak, Func<float[], Prepared> create, Func<Contest, IModel, float[], float[], bool, Contestant>? byHand) =>
        new[] { true, false }.Select(parameters => new Workload("linear-gradients", parameters ? $"{size}" : $"{size} input", new Bars(PyTorch: 1, Peak: peak), setting =>
        {
            float[] inputs = Samples.Uniform(size * size), outputGradient = Samples.Centred(size * size);
            var (model, backward, inputGradient) = create(inputs);
            var contest = new Contest("gradients").Add(Contestant.Here(Who.Ours, Numbers, Repeat));
            if (byHand is not null && setting.ByHand) contest.Add(byHand(contest, model, inputs, outputGradient, parameters));
            if (setting.PyTorch is not { } pyTorch) return contest;

            pyTorch.Take($"linear:{size}:{size}", model, size, inputs, outputGradient);
            return contest.Add(pyTorch.Does(contest, parameters ? "gradients" : "input-gradient"));

            float[] Numbers()
            {
                model.Parameters.ZeroGradients();
                Repeat(1);
                if (!parameters) return inputGradient();
                var weightGradient = new float[size * size];
                model.Parameters["linear_1.weight"].CopyGradientTo(weightGradient);
                return [.. inputGradient(), .. weightGradient];
            }

            void Repeat(int times)
            {
                for (int i = 0; i < times; i++) backward(outputGradient, parameters);
            }
        })
        {
            Flops = (parameters ? 4.0 : 2.0) * size * size * size,
        });

    private static Contestant ByHand<TSize>(Contest contest, IModel model, float[] inputs, float[] outputGradient, bool parameters)
        where TSize : struct, ISize
    {
        var byHand = contest.Own(new LinearGradientsByHand<TSize>(model.Values("linear_1.weight"), inputs, outputGradient));
        return Contestant.Here(Who.ByHand, () => byHand.Numbers(parameters), times => byHand.Repeat(times, parameters));
    }

    /// <summary>A model whose pass has gone forward.</summary>
    private sealed record Prepared(IModel Model, Backward Backward, Func<float[]> InputGradient);
}
