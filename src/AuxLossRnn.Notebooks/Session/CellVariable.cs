using System.Reflection;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>A variable of a session.</summary>
/// <param name="submission">The script that has it.</param>
/// <param name="member">What holds it.</param>
internal sealed class CellVariable(object submission, FieldInfo member)
{
    /// <summary>Its name.</summary>
    public string Name => member.Name;

    /// <summary>The type it was declared with.</summary>
    public Type Type => member.FieldType;

    /// <summary>Whether nothing else can be put in.</summary>
    public bool IsReadOnly => member.IsInitOnly || member.IsLiteral;

    /// <summary>What is in it.</summary>
    public object? Value
    {
        get => member.GetValue(submission);
        set => member.SetValue(submission, value);
    }
}
