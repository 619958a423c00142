using System.Reflection;
using System.Reflection.Emit;
using AuxLossRnn.Figures;

namespace AuxLossRnn.Experiments.Tests.Figures;

/// <summary>.NET Interactive is no package to test against: an assembly of its name has the members that are looked for.</summary>
[Collection(OneAtATime.Name)]
public sealed class NotebookHostTests
{
    [Fact]
    public void In_NET_Interactive_html_is_displayed_and_updated()
    {
        Assert.Null(NotebookHost.Show("<b>before</b>"));
        (FieldInfo current, FieldInfo displayed) = MakeInteractive();
        Assert.Null(NotebookHost.Show("<b>no cell is running</b>"));
        current.SetValue(null, Activator.CreateInstance(current.FieldType));
        try
        {
            Action<string>? update = NotebookHost.Show("<b>one</b>");
            Assert.NotNull(update);
            object shown = displayed.GetValue(null)!;
            FieldInfo value = shown.GetType().GetField("Value")!;
            Assert.Equal(new HtmlText("<b>one</b>"), value.GetValue(shown));
            update("<b>two</b>");
            Assert.Same(shown, displayed.GetValue(null));
            Assert.Equal(new HtmlText("<b>two</b>"), value.GetValue(shown));
        }
        finally
        {
            current.SetValue(null, null);
        }
    }

    private static (FieldInfo Current, FieldInfo Displayed) MakeInteractive()
    {
        const string name = "Microsoft.DotNet.Interactive";
        ModuleBuilder module = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName(name), AssemblyBuilderAccess.Run).DefineDynamicModule(name);

        // public class KernelInvocationContext { public static KernelInvocationContext Current => _current; }
        TypeBuilder context = module.DefineType($"{name}.KernelInvocationContext", TypeAttributes.Public);
        FieldBuilder current = context.DefineField("_current", context, FieldAttributes.Public | FieldAttributes.Static);
        MethodBuilder getter = context.DefineMethod("get_Current", MethodAttributes.Public | MethodAttributes.Static, context, []);
        ILGenerator code = getter.GetILGenerator();
        code.Emit(OpCodes.Ldsfld, current);
        code.Emit(OpCodes.Ret);
        context.DefineProperty("Current", PropertyAttributes.None, context, null).SetGetMethod(getter);
        context.DefineDefaultConstructor(MethodAttributes.Public);

        // public class DisplayedValue { public object Value; public void Update(object value) => Value = value; }
        TypeBuilder displayedValue = module.DefineType($"{name}.DisplayedValue", TypeAttributes.Public);
        FieldBuilder value = displayedValue.DefineField("Value", typeof(object), FieldAttributes.Public);
        ConstructorBuilder make = displayedValue.DefineDefaultConstructor(MethodAttributes.Public);
        MethodBuilder update = displayedValue.DefineMethod("Update", MethodAttributes.Public, typeof(void), [typeof(object)]);
        code = update.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Stfld, value);
        code.Emit(OpCodes.Ret);

        // public static DisplayedValue Display(KernelInvocationContext context, object value, string[] mimeTypes)
        TypeBuilder extensions = module.DefineType(
            $"{name}.KernelInvocationContextExtensions", TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed);
        FieldBuilder displayed = extensions.DefineField("Displayed", displayedValue, FieldAttributes.Public | FieldAttributes.Static);
        code = extensions.DefineMethod(
            "Display", MethodAttributes.Public | MethodAttributes.Static, displayedValue,
            [context, typeof(object), typeof(string[])]).GetILGenerator();
        code.Emit(OpCodes.Newobj, make);
        code.Emit(OpCodes.Stsfld, displayed);
        code.Emit(OpCodes.Ldsfld, displayed);
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Call, update);
        code.Emit(OpCodes.Ldsfld, displayed);
        code.Emit(OpCodes.Ret);

        Type contextType = context.CreateType();
        displayedValue.CreateType();
        return (contextType.GetField("_current")!, extensions.CreateType().GetField("Displayed")!);
    }
}
