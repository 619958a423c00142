namespace AuxLossRnn.Figures;

/// <summary>Tells a notebook how a type is shown.</summary>
/// <remarks>
/// .NET Interactive finds this attribute by its name, so that a library needs no reference to it: it makes a
/// <see cref="FormatterSourceType"/> and calls its method <c>CreateTypeFormatters</c>.
/// </remarks>
/// <param name="formatterSourceType">A type with a public constructor without parameters.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface)]
public sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    /// <summary>The type that makes the formatters.</summary>
    public Type FormatterSourceType { get; } = formatterSourceType;
}
