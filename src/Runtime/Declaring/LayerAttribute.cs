namespace DlGen;

/// <summary>A layer of the sequential form. Layer attributes are read in source order, top to bottom and left to right;
/// all stand on one declaration of the class. Each has a method of <see cref="Tensor"/> with the same name and arguments.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true, Inherited = false)]
public abstract class LayerAttribute : Attribute;

/// <summary>The loss of a model with one output. Generated code averages it over the rows of a batch.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public abstract class LossAttribute : Attribute;
