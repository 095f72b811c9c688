using System.Text;

namespace DlGen;

/// <summary>The base of every error this library reports by type. Parameters are as they were before the call that threw.</summary>
/// <param name="message">What was given, what was expected, and what to do.</param>
/// <param name="innerException">What caused it, if another exception did.</param>
public class DlGenException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>Where in a batch the value stands that it is about, if it is about one: the field and the place in it.</summary>
    internal (string Field, int Place)? At { get; init; }

    /// <summary>The same error with another text.</summary>
    internal virtual DlGenException With(string text) => new(text, this);
}

/// <summary>A batch whose lengths do not fit the model: rows that don't divide, inputs and targets of different row counts, a field that is missing.</summary>
/// <param name="message">What was given and what was expected.</param>
public sealed class BatchShapeException(string message) : DlGenException(message);

/// <summary>A label outside of its classes.</summary>
/// <param name="message">The index, the value and the range.</param>
public sealed class TargetRangeException(string message) : DlGenException(message)
{
    internal override DlGenException With(string text) => new TargetRangeException(text);
}

/// <summary>An id of an input outside of its vocabulary, or a length beyond the steps of a sequence.</summary>
/// <param name="message">The row, the position, the id and the vocabulary; or the row, the length and the steps.</param>
public sealed class TokenRangeException(string message) : DlGenException(message)
{
    internal override DlGenException With(string text) => new TokenRangeException(text);
}

/// <summary>A character that a <see cref="CharacterTokenizer"/> does not have.</summary>
/// <param name="message">The character, its position, and what to do.</param>
/// <param name="character">The character.</param>
/// <param name="position">Where it begins in the text, in chars.</param>
public sealed class UnknownCharacterException(string message, Rune character, int position) : DlGenException(message)
{
    /// <summary>The character.</summary>
    public Rune Character { get; } = character;

    /// <summary>Where it begins in the text, in chars.</summary>
    public int Position { get; } = position;
}

/// <summary>The weights of a loss add up to nothing over a batch, so that there is no mean. Nothing was updated.</summary>
/// <param name="message">The sum, and what to do.</param>
public sealed class LossWeightException(string message) : DlGenException(message);

/// <summary>Two threads trained one model at once. Training is for one thread at a time; Predict is safe for any number.</summary>
/// <param name="message">What to do instead.</param>
public sealed class ConcurrentTrainingException(string message) : DlGenException(message);

/// <summary>A member of <see cref="Tensor"/> was called at run time. <c>Forward</c> and <c>Loss</c> describe the network to the generator and are never run.</summary>
public sealed class SymbolicOnlyException() : DlGenException("Forward is read by the generator, never run; call Predict, TrainBatch or Train instead.");
