namespace DlGen;

/// <summary>Among the layers of the sequential form: a static method of the class, <c>Tensor Stage(Tensor x, int channels)</c>, called with these
/// constants after the tensor. Each call makes layers of its own, named as a call in <c>Forward</c> names them: <c>stage_1.conv2d_1</c>.</summary>
/// <param name="method">The method's name, e.g. <c>nameof(Stage)</c>.</param>
/// <param name="arguments">What it is given after the tensor; optional parameters may be left out.</param>
public sealed class BlockAttribute(string method, params object[] arguments) : LayerAttribute
{
    /// <summary>The method's name.</summary>
    public string Method => method;

    /// <summary>What it is given after the tensor.</summary>
    public object[] Arguments => arguments;

    /// <summary>How many calls follow each other; one unless stated.</summary>
    public int Repeat { get; set; } = 1;
}

/// <summary>Among the layers of the sequential form: another model of this project, as <see cref="Tensor.Call{TModel}"/> in <c>Forward</c>. Its
/// parameters are named as it names them, under a scope of its name: <c>features.conv2d_1.weight</c>.</summary>
/// <typeparam name="TModel">A class with <c>[Model]</c>, of one input and one output; its input has the shape of what comes before.</typeparam>
public sealed class BlockAttribute<TModel> : LayerAttribute
    where TModel : class
{
    /// <summary>Whether it is used as it predicts: its parameters get no gradient, nothing is dropped out, running statistics stay as they are.</summary>
    public bool Frozen { get; set; }
}
