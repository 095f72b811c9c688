using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Layers;

/// <summary>How the user wants the weights of a layer to start: the names of the enum Init and of the in-line form Initializer.</summary>
internal enum InitializerChoice { Default, Zeros, Ones, Constant, Normal, Uniform, XavierUniform, XavierNormal, KaimingUniform, KaimingNormal, Orthogonal }

/// <summary>A choice and its scale: standard deviation, bound, value or gain.</summary>
internal sealed record Initializer(InitializerChoice Choice, double Scale)
{
    /// <summary>
    /// The distribution for a weight that each output sees <paramref name="inputs"/> values through (PyTorch's fan_in; fan_out is
    /// <paramref name="outputs"/>), or the layer's own default.
    /// </summary>
    public Initialization Resolve(int inputs, int outputs, Initialization otherwise) => Choice switch
    {
        InitializerChoice.Zeros => new Initialization(InitializerKind.Zeros, 0),
        InitializerChoice.Ones => new Initialization(InitializerKind.Ones, 1),
        InitializerChoice.Constant => new Initialization(InitializerKind.Constant, Scale),
        InitializerChoice.Normal => new Initialization(InitializerKind.Normal, Scale),
        InitializerChoice.Uniform => new Initialization(InitializerKind.Uniform, Scale),
        InitializerChoice.XavierUniform => new Initialization(InitializerKind.Uniform, Scale * Math.Sqrt(6.0 / (inputs + (double)outputs))),
        InitializerChoice.XavierNormal => new Initialization(InitializerKind.Normal, Scale * Math.Sqrt(2.0 / (inputs + (double)outputs))),
        InitializerChoice.KaimingUniform => new Initialization(InitializerKind.Uniform, Scale * Math.Sqrt(6.0 / inputs)),
        InitializerChoice.KaimingNormal => new Initialization(InitializerKind.Normal, Scale * Math.Sqrt(2.0 / inputs)),
        InitializerChoice.Orthogonal => new Initialization(InitializerKind.Orthogonal, Scale),
        _ => otherwise,
    };
}
