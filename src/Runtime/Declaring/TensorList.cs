using System.Collections;

namespace DlGen;

/// <summary>The parts that <see cref="Tensor.Split(int, int)"/> gives: to be taken apart, indexed, run over or passed on. Read by the generator, like
/// <see cref="Tensor"/>; it holds nothing at run time.</summary>
public sealed class TensorList : IReadOnlyList<Tensor>
{
    private TensorList() { }

    /// <summary>How many there are.</summary>
    public int Count => throw new SymbolicOnlyException();

    /// <summary>One of them.</summary>
    /// <param name="index">Counted from 0.</param>
    public Tensor this[int index] => throw new SymbolicOnlyException();

    /// <summary>All of them, as <see cref="Tensor.Concat(ReadOnlySpan{Tensor}, int)"/> takes them.</summary>
    /// <param name="parts">The parts.</param>
    public static implicit operator ReadOnlySpan<Tensor>(TensorList parts) => throw new SymbolicOnlyException();

    /// <summary>Two parts.</summary><param name="first">The first part.</param><param name="second">The second part.</param>
    public void Deconstruct(out Tensor first, out Tensor second) => throw new SymbolicOnlyException();

    /// <summary>Three parts.</summary><param name="first">The first part.</param><param name="second">The second part.</param><param name="third">The third part.</param>
    public void Deconstruct(out Tensor first, out Tensor second, out Tensor third) => throw new SymbolicOnlyException();

    /// <summary>Four parts.</summary><param name="first">The first part.</param><param name="second">The second part.</param><param name="third">The third part.</param><param name="fourth">The fourth part.</param>
    public void Deconstruct(out Tensor first, out Tensor second, out Tensor third, out Tensor fourth) => throw new SymbolicOnlyException();

    /// <summary>Five parts.</summary><param name="first">The first part.</param><param name="second">The second part.</param><param name="third">The third part.</param><param name="fourth">The fourth part.</param><param name="fifth">The fifth part.</param>
    public void Deconstruct(out Tensor first, out Tensor second, out Tensor third, out Tensor fourth, out Tensor fifth) => throw new SymbolicOnlyException();

    /// <summary>Six parts.</summary><param name="first">The first part.</param><param name="second">The second part.</param><param name="third">The third part.</param><param name="fourth">The fourth part.</param><param name="fifth">The fifth part.</param><param name="sixth">The sixth part.</param>
    public void Deconstruct(out Tensor first, out Tensor second, out Tensor third, out Tensor fourth, out Tensor fifth, out Tensor sixth) => throw new SymbolicOnlyException();

    /// <summary>Seven parts.</summary><param name="first">The first part.</param><param name="second">The second part.</param><param name="third">The third part.</param><param name="fourth">The fourth part.</param><param name="fifth">The fifth part.</param><param name="sixth">The sixth part.</param><param name="seventh">The seventh part.</param>
    public void Deconstruct(out Tensor first, out Tensor second, out Tensor third, out Tensor fourth, out Tensor fifth, out Tensor sixth, out Tensor seventh) => throw new SymbolicOnlyException();

    /// <summary>Eight parts.</summary><param name="first">The first part.</param><param name="second">The second part.</param><param name="third">The third part.</param><param name="fourth">The fourth part.</param><param name="fifth">The fifth part.</param><param name="sixth">The sixth part.</param><param name="seventh">The seventh part.</param><param name="eighth">The eighth part.</param>
    public void Deconstruct(out Tensor first, out Tensor second, out Tensor third, out Tensor fourth, out Tensor fifth, out Tensor sixth, out Tensor seventh, out Tensor eighth) => throw new SymbolicOnlyException();

    /// <summary>One after the other.</summary>
    public IEnumerator<Tensor> GetEnumerator() => throw new SymbolicOnlyException();

    IEnumerator IEnumerable.GetEnumerator() => throw new SymbolicOnlyException();
}
