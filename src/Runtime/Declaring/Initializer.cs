namespace DlGen;

/// <summary>How the weights of a layer start. Biases and the scale and shift of a norm keep their layer's own default.</summary>
public enum Init
{
    /// <summary>PyTorch's default of the layer; for Linear U(-1/√inputs, 1/√inputs), weight and bias.</summary>
    Default,

    /// <summary>All zeros (<c>nn.init.zeros_</c>).</summary>
    Zeros,

    /// <summary>All ones (<c>nn.init.ones_</c>).</summary>
    Ones,

    /// <summary>The scale everywhere, 1 unless stated (<c>nn.init.constant_</c>).</summary>
    Constant,

    /// <summary>Normal around 0; the scale is the standard deviation, 1 unless stated (<c>nn.init.normal_</c>).</summary>
    Normal,

    /// <summary>Uniform between -scale and scale, 1 unless stated (<c>nn.init.uniform_</c> with a symmetric range).</summary>
    Uniform,

    /// <summary>Uniform with bound scale·√(6 / (inputs + outputs)) (<c>nn.init.xavier_uniform_</c>; Glorot and Bengio 2010).</summary>
    XavierUniform,

    /// <summary>Normal with deviation scale·√(2 / (inputs + outputs)) (<c>nn.init.xavier_normal_</c>; Glorot and Bengio 2010).</summary>
    XavierNormal,

    /// <summary>Uniform with bound scale·√(6 / inputs), for layers before a ReLU (<c>nn.init.kaiming_uniform_</c>; He et al. 2015).</summary>
    KaimingUniform,

    /// <summary>Normal with deviation scale·√(2 / inputs), for layers before a ReLU (<c>nn.init.kaiming_normal_</c>; He et al. 2015).</summary>
    KaimingNormal,

    /// <summary>Scale times a random matrix with orthonormal rows or columns, whichever are fewer; axes behind the first count as one
    /// (<c>nn.init.orthogonal_</c>; Saxe et al. 2014).</summary>
    Orthogonal,
}

/// <summary>On the class, or on a method that <c>Forward</c> calls: how the weights of its layers start where the layer does not say.</summary>
/// <param name="init">The kind of initialisation.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, Inherited = false)]
public sealed class InitializeAttribute(Init init) : Attribute
{
    /// <summary>The kind of initialisation.</summary>
    public Init Init => init;

    /// <summary>Value (Constant), standard deviation (Normal), bound (Uniform) or gain (Xavier, Kaiming, Orthogonal); 1 unless stated.</summary>
    public double Scale { get; set; } = 1;
}

/// <summary>The in-line form of <see cref="InitializeAttribute"/>: <c>x.Linear(10, init: Initializer.Normal(0.02))</c> or <c>init: Init.XavierNormal</c>.
/// Read by the generator, like <see cref="Tensor"/>; it holds nothing at run time.</summary>
public readonly struct Initializer
{
    /// <summary>An <see cref="Init"/> with scale 1.</summary>
    /// <param name="init">The kind of initialisation.</param>
    public static implicit operator Initializer(Init init) => throw new SymbolicOnlyException();

    /// <summary>Normal around 0 (<c>nn.init.normal_</c>).</summary>
    /// <param name="deviation">The standard deviation.</param>
    public static Initializer Normal(double deviation) => throw new SymbolicOnlyException();

    /// <summary>Uniform between -<paramref name="bound"/> and <paramref name="bound"/> (<c>nn.init.uniform_</c>).</summary>
    /// <param name="bound">Half the width of the range.</param>
    public static Initializer Uniform(double bound) => throw new SymbolicOnlyException();

    /// <summary>The same value everywhere (<c>nn.init.constant_</c>).</summary>
    /// <param name="value">That value.</param>
    public static Initializer Constant(double value) => throw new SymbolicOnlyException();

    /// <summary>Uniform with bound gain·√(6 / (inputs + outputs)) (<c>nn.init.xavier_uniform_</c>).</summary>
    /// <param name="gain">The gain of the activation behind it.</param>
    public static Initializer XavierUniform(double gain) => throw new SymbolicOnlyException();

    /// <summary>Normal with deviation gain·√(2 / (inputs + outputs)) (<c>nn.init.xavier_normal_</c>).</summary>
    /// <param name="gain">The gain of the activation behind it.</param>
    public static Initializer XavierNormal(double gain) => throw new SymbolicOnlyException();

    /// <summary>Uniform with bound gain·√(6 / inputs); a gain of 1 is for layers before a ReLU (<c>nn.init.kaiming_uniform_</c>).</summary>
    /// <param name="gain">Beside that of a ReLU.</param>
    public static Initializer KaimingUniform(double gain) => throw new SymbolicOnlyException();

    /// <summary>Normal with deviation gain·√(2 / inputs); a gain of 1 is for layers before a ReLU (<c>nn.init.kaiming_normal_</c>).</summary>
    /// <param name="gain">Beside that of a ReLU.</param>
    public static Initializer KaimingNormal(double gain) => throw new SymbolicOnlyException();

    /// <summary>A random matrix with orthonormal rows or columns, times the gain (<c>nn.init.orthogonal_</c>).</summary>
    /// <param name="gain">The length of those rows or columns.</param>
    public static Initializer Orthogonal(double gain) => throw new SymbolicOnlyException();
}
