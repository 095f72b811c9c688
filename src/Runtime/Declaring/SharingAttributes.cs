namespace DlGen;

/// <summary>On a method that <c>Forward</c> calls: every call with the same constant arguments uses one set of parameters,
/// as calling one <c>nn.Module</c> several times does in PyTorch.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedAttribute : Attribute;

/// <summary>On a method that <c>Forward</c> calls, or on the class: no gradient is computed for the parameters of its layers,
/// as with <c>requires_grad_(False)</c> in PyTorch.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, Inherited = false)]
public sealed class FrozenAttribute : Attribute;
