using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace AuxLossRnn.Notebooks.Jupyter;

/// <summary>What the kernel says of itself.</summary>
internal static class KernelInfo
{
    /// <summary>The content of a <c>kernel_info_reply</c>.</summary>
    internal static JsonObject Content()
    {
        string version = typeof(KernelInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        return new JsonObject
        {
            ["protocol_version"] = JupyterKernel.ProtocolVersion,
            ["implementation"] = "auxloss",
            ["implementation_version"] = version,
            ["language_info"] = new JsonObject
            {
                ["name"] = KernelSpec.Language,
                ["version"] = "14.0",
                ["mimetype"] = "text/x-csharp",
                ["file_extension"] = ".cs",
                ["pygments_lexer"] = "csharp",
                ["codemirror_mode"] = "text/x-csharp",
            },
            ["banner"] = $"AuxLossRnn {version}: C# on {RuntimeInformation.FrameworkDescription}",
            ["help_links"] = new JsonArray(),
        };
    }
}
