namespace DlGen;

/// <summary>Two threads called a model on a device at once. The second call did nothing.</summary>
/// <param name="message">What to do.</param>
public sealed class ConcurrentCallException(string message) : DlGenException(message);
